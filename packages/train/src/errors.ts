import type { DegradationError } from "./degradation/read.ts";
import type { DataError } from "./photographs.ts";
import type { UselessChoice } from "./useless-choice.ts";

/** The errors that can end a training. The message of each is one line: what was wrong, where, and what to do. */
export type TrainError =
  | DataError
  | DegradationError
  | UselessChoice
  | { readonly _tag: "Checkpoint"; readonly file: string; readonly message: string }
  | { readonly _tag: "FolderInUse"; readonly folder: string; readonly message: string }
  | { readonly _tag: "Options"; readonly message: string }
  | { readonly _tag: "Model"; readonly message: string }
  | { readonly _tag: "Step"; readonly message: string };
