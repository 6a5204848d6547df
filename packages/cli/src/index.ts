/** The command as a function, for programs that call it directly. */
export type { ExitCode } from "./failure.ts";
export { handleInterrupts, type Undo } from "./interrupt.ts";
export { run } from "./program.ts";
export { type Output, type Shell, userFolder } from "./shell.ts";
export { VERSION } from "./version.ts";
