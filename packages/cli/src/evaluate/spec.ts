/** A method on the command line: `[name=]bicubic`, a model, or a folder of pictures. */
import { basename } from "node:path";
import { printable } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { type Failure, usageFailure } from "../failure.ts";
import type { SharedFile } from "../options.ts";

export interface MethodSpec {
  /** null if no name is given: the method then has its own name. */
  readonly name: string | null;
  /** What the user typed: `bicubic`, a shipped model's name, a file or a folder. */
  readonly what: string;
  /** A second file of weights, and its share of the sum. */
  readonly mix: SharedFile | null;
  /** Steps of its sampler; null: those for all models, or its own. */
  readonly steps: number | null;
}

/** The name of a method for which none is given. */
export const nameOfPath = (path: string): string =>
  basename(path).replace(/\.(pth|pt|ckpt|safetensors)$/i, "");

/** The steps after a model's name. */
const STEPS = /^(.+)@([1-9]\d{0,3})$/s;

/** Characters that lines and terminals obey. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

const plain = (name: string | null, what: string): E.Either<Failure, MethodSpec> =>
  E.right({ name, what, mix: null, steps: null });

/**
 * `name=what` and `what`, where `what` is a model, a model and its steps (`MODEL@4`), or `FILE+SECOND:0.75`. If
 * `isThere` is true of a path, the path is taken as it is, whatever signs it contains.
 */
export const methodSpec = (
  text: string,
  isThere: (path: string) => boolean,
): E.Either<Failure, MethodSpec> => {
  if (OBEYED.test(text))
    return E.left(
      usageFailure(`${printable(text)}: a method's name has a character that cannot be shown; leave it out`),
    );
  if (isThere(text)) return plain(null, text);
  const [, given, rest = text] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const name = given?.trim();
  if (name === "" || rest.trim() === "")
    return E.left(usageFailure(`${text}: give a method as name=folder, name=model, or the model alone`));
  if (isThere(rest)) return plain(name ?? null, rest);
  const [, first, second, share] = /^(.+)\+([^+]+):(\d*\.?\d+)$/s.exec(rest) ?? [];
  const chosen = name ?? null;
  if (first === undefined || second === undefined) {
    const [, what = rest, steps = null] = STEPS.exec(rest) ?? [];
    return E.right({ name: chosen, what, mix: null, steps: steps === null ? null : Number(steps) });
  }
  const value = Number(share);
  return value <= 1
    ? E.right({ name: chosen, what: first, mix: { file: second, share: value }, steps: null })
    : E.left(usageFailure(`${text}: found a share of ${share}, allowed: from 0 to 1`));
};
