/** How a command gives its work to the program that runs it. */
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { ExitCode, Failure } from "./failure.ts";
import type { Shell } from "./shell.ts";

export type CommandTask = TaskEither<Failure, ExitCode>;

/** Runs a command's work. `work` imports heavy modules, so that other commands start fast. */
export type Perform = (work: (shell: Shell) => CommandTask | Promise<CommandTask>) => Promise<void>;
