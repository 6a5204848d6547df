/**
 * Why a model cannot be read or written. Each error has a one-line `message` with the file, what was expected, what was
 * found and what to do. Only the message of `WeightsMismatch` has several lines, one for each tensor.
 */
import { fileReason } from "./file-reason.ts";
import { quoted } from "./quoted.ts";

export interface FileUnreadable {
  readonly _tag: "FileUnreadable";
  readonly file: string;
  readonly reason: string;
  readonly message: string;
}

export interface FileUnwritable {
  readonly _tag: "FileUnwritable";
  readonly file: string;
  readonly reason: string;
  /** The system's code of the failure, such as ENOENT where the file's folder does not exist; null if it gave none. */
  readonly code: string | null;
  readonly message: string;
}

/** The file is not a safetensors file, or is damaged. `key` is the tensor's name, null for the whole file. */
export interface InvalidSafetensors {
  readonly _tag: "InvalidSafetensors";
  readonly file: string;
  readonly key: string | null;
  readonly expected: string;
  readonly found: string;
  readonly message: string;
}

/** The file is not a checkpoint, or is damaged or hostile. `key` is the tensor's name, null for the whole file. */
export interface InvalidCheckpoint {
  readonly _tag: "InvalidCheckpoint";
  readonly file: string;
  readonly key: string | null;
  readonly expected: string;
  readonly found: string;
  readonly message: string;
}

/** A pickle asks for something that weights do not need, such as `os.system`. It was not run. */
export interface RefusedCode {
  readonly _tag: "RefusedCode";
  readonly file: string;
  readonly name: string;
  readonly message: string;
}

/** The file has several groups of tensors, or lacks the one asked for. */
export interface UnknownGroup {
  readonly _tag: "UnknownGroup";
  readonly file: string;
  readonly path: string | null;
  readonly choices: readonly string[];
  readonly message: string;
}

/** The file lacks a tensor that was asked for. */
export interface MissingTensor {
  readonly _tag: "MissingTensor";
  readonly file: string;
  readonly key: string;
  readonly message: string;
}

/** A number does not fit the type that it is to be written in. */
export interface ValueOutOfRange {
  readonly _tag: "ValueOutOfRange";
  readonly file: string;
  readonly key: string;
  readonly found: number;
  readonly message: string;
}

export type Mismatch =
  | {
      readonly kind: "missing";
      readonly key: string;
      readonly expected: readonly number[];
      readonly nearest: string | null;
    }
  | { readonly kind: "unexpected"; readonly key: string; readonly nearest: string | null }
  | {
      readonly kind: "shape";
      readonly key: string;
      readonly expected: readonly number[];
      readonly found: readonly number[];
    };

/** The weights do not fit the network they are for. One error reports all mismatches. */
export interface WeightsMismatch {
  readonly _tag: "WeightsMismatch";
  readonly file: string;
  readonly mismatches: readonly Mismatch[];
  readonly message: string;
}

/** model.json is not JSON, or a field of it is missing or wrong. `key` is the field's path: `network.channels[1]`. */
export interface InvalidDescription {
  readonly _tag: "InvalidDescription";
  readonly file: string;
  readonly key: string;
  readonly expected: string;
  readonly found: string;
  readonly message: string;
}

/** The name is neither a shipped model's nor a folder's. */
export interface UnknownModel {
  readonly _tag: "UnknownModel";
  readonly name: string;
  readonly shipped: readonly string[];
  readonly message: string;
}

export type ModelError =
  | FileUnreadable
  | FileUnwritable
  | InvalidSafetensors
  | InvalidCheckpoint
  | RefusedCode
  | UnknownGroup
  | MissingTensor
  | ValueOutOfRange
  | WeightsMismatch
  | InvalidDescription
  | UnknownModel;

export const fileUnreadable = (file: string, thrown: unknown): FileUnreadable => {
  const reason = fileReason(thrown);
  return { _tag: "FileUnreadable", file, reason, message: `${file}: it cannot be read: ${reason}` };
};

export const fileUnwritable = (file: string, thrown: unknown): FileUnwritable => {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : null;
  // What is written need not exist before.
  const reason = code === "ENOENT" ? "its folder does not exist" : fileReason(thrown);
  return { _tag: "FileUnwritable", file, reason, code, message: `${file}: it cannot be written: ${reason}` };
};

export const invalidSafetensors = (
  file: string,
  key: string | null,
  expected: string,
  found: string,
): InvalidSafetensors => {
  const where = key === null ? "" : `tensor ${quoted(key)}: `;
  const message = `${file}: ${where}found ${found}, expected ${expected}; get a whole copy of the file`;
  return { _tag: "InvalidSafetensors", file, key, expected, found, message };
};

export const invalidCheckpoint = (
  file: string,
  key: string | null,
  expected: string,
  found: string,
): InvalidCheckpoint => {
  const where = key === null ? "" : `tensor ${quoted(key)}: `;
  const message = `${file}: ${where}found ${found}, expected ${expected}; get a whole copy of the file`;
  return { _tag: "InvalidCheckpoint", file, key, expected, found, message };
};

/** Names come from the file: they are shown without line ends, and cut if they are long. */
export const refusedCode = (file: string, name: string): RefusedCode => {
  const shown = name.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
  const message = `${file}: it asks for ${shown}, which weights do not need; nothing was run: take weights from someone you trust, as safetensors or a plain state dict`;
  return { _tag: "RefusedCode", file, name: shown, message };
};

export const invalidDescription = (
  file: string,
  key: string,
  expected: string,
  found: string,
): InvalidDescription => {
  const where = key === "" ? "" : `${key}: `;
  const message = `${file}: ${where}found ${found}, expected ${expected}`;
  return { _tag: "InvalidDescription", file, key, expected, found, message };
};
