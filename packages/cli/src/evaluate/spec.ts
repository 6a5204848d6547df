/** A method as it is named on the command line: `[name=]bicubic`, a model, or a folder of pictures. */
import { basename } from "node:path";
import { printable } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { type Failure, usageFailure } from "../failure.ts";
import type { SharedFile } from "../options.ts";

export interface MethodSpec {
  /** null where none is given: then the method says its own. */
  readonly name: string | null;
  /** What is said of it: `bicubic`, a shipped model's name, a file or a folder. */
  readonly what: string;
  /** A second file of weights, and its share of the sum. */
  readonly mix: SharedFile | null;
  /** Steps of its sampler; null: what is said of all, or its own. */
  readonly steps: number | null;
}

/** What a method is called whose name is not given. */
export const nameOfPath = (path: string): string =>
  basename(path).replace(/\.(pth|pt|ckpt|safetensors)$/i, "");

/** Steps behind a model's name. */
const STEPS = /^(.+)@([1-9]\d{0,3})$/s;

/** What lines and terminals obey. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

const plain = (name: string | null, what: string): E.Either<Failure, MethodSpec> =>
  E.right({ name, what, mix: null, steps: null });

/**
 * `name=what` and `what`, `what` being a model, a model and its steps (`MODEL@4`), or `FILE+SECOND:0.75`. A path that
 * `isThere` is taken as it is, whatever signs are in it.
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
