import type { ModelError } from "@tadsr/model";
import { onOneLine } from "@tadsr/model/file-reason";

/**
 * Why a command could not do its task. Each is one line for the user: what was wrong, where, and
 * what to do about it.
 */
export type Failure =
  /** The command line itself is wrong: exit code 2. */
  | { readonly _tag: "Usage"; readonly message: string }
  /** A picture or another input cannot be read. */
  | { readonly _tag: "Input"; readonly message: string }
  /** An output cannot be written, or would destroy something. */
  | { readonly _tag: "Output"; readonly message: string }
  /** A model is missing or broken. */
  | { readonly _tag: "Model"; readonly message: string }
  /** A runtime cannot be opened, or failed. */
  | { readonly _tag: "Runtime"; readonly message: string };

export type ExitCode = 0 | 1 | 2;

const failure =
  (tag: Failure["_tag"]) =>
  (message: string): Failure => ({ _tag: tag, message });

export const usageFailure = failure("Usage");
export const inputFailure = failure("Input");
export const outputFailure = failure("Output");
export const modelFailure = failure("Model");
export const runtimeFailure = failure("Runtime");

export const exitCodeOf = (failed: Failure): ExitCode => (failed._tag === "Usage" ? 2 : 1);

/** A model's error on one line. */
export const modelLine = (error: Pick<ModelError, "message">): Failure => modelFailure(onOneLine(error));

export { fileReason, firstLine } from "@tadsr/model/file-reason";
