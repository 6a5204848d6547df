/** Upscaling with promises; and the command as a function, for programs that run it inside themselves. */

export type { FinishedTile, Picture } from "@tadsr/model";
export type { ExitCode } from "./failure.ts";
export { handleInterrupts, type Undo } from "./interrupt.ts";
export type { GivenPicture } from "./library/given-picture.ts";
export { type OpenOptions, type OpenUpscaler, openUpscaler } from "./library/open-upscaler.ts";
export { savePicture } from "./library/save-picture.ts";
export { TadsrError, type TadsrErrorCode } from "./library/tadsr-error.ts";
export { run } from "./program.ts";
export { type Output, type Shell, userFolder } from "./shell.ts";
export { VERSION } from "./version.ts";
