/** Why files make no model of the paper's kind, in one line each. */
import type { ModelError } from "../errors.ts";
import type { UnknownArchitecture } from "../inference/architecture.ts";

/** The file holds a network of another kind than the one it is used for. */
export interface WrongNetwork {
  readonly _tag: "WrongNetwork";
  readonly file: string;
  readonly message: string;
}

/** Two files, or a file and a configuration, that do not belong together. */
export interface Mismatched {
  readonly _tag: "Mismatched";
  readonly message: string;
}

export type PaperModelError = ModelError | UnknownArchitecture | WrongNetwork | Mismatched;

export const wrongNetwork = (file: string, why: string): WrongNetwork => ({
  _tag: "WrongNetwork",
  file,
  message: `${file}: ${why}`,
});

export const mismatched = (message: string): Mismatched => ({ _tag: "Mismatched", message });
