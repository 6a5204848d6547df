import type { DataError } from "./photographs.ts";

/** The errors that can end a training. The message of each is one line: what was wrong, where, and what to do. */
export type TrainError =
  | DataError
  | { readonly kind: "Checkpoint"; readonly file: string; readonly message: string }
  | { readonly kind: "FolderInUse"; readonly folder: string; readonly message: string }
  | { readonly kind: "Options"; readonly message: string }
  | { readonly kind: "Model"; readonly message: string }
  | { readonly kind: "Step"; readonly message: string };
