/**
 * Why a command could not do what it was asked. Each is one line for the user: what, where, and
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
  /** A runtime cannot be opened, or gave up. */
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

/** The first line of whatever was thrown, without a stack. */
export const firstLine = (thrown: unknown): string => {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return (text.split("\n").find((line) => line.trim() !== "") ?? "unknown error").trim();
};

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EEXIST: "it exists already",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many files are open",
};

/** What a failed file operation means, in words. */
export const fileReason = (thrown: unknown): string => {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  return REASONS[code] ?? firstLine(thrown);
};
