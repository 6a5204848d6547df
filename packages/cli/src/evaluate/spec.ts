/** A method on the command line: `[name=]bicubic`, a model, or a folder of pictures. */
import { basename } from "node:path";
import type { NamedMethod } from "@tadsr/evaluate";
import { printable } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { type Failure, usageFailure } from "../failure.ts";

export interface MethodSpec extends NamedMethod {
  /** The whole, as it was typed. */
  readonly word: string;
}

/** The name of a method for which none is given. */
const nameOfPath = (path: string): string => basename(path).replace(/\.(pth|pt|ckpt|safetensors)$/i, "");

/** The steps after a model's name. */
const STEPS = /^(.+)@([1-9]\d{0,3})$/s;

/** Characters that lines and terminals obey. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

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
  const spec = (
    name: string | undefined,
    what: string,
    more: Pick<NamedMethod, "mix" | "steps"> = {},
  ): E.Either<Failure, MethodSpec> => E.right({ word: text, name: name ?? nameOfPath(what), what, ...more });
  if (isThere(text)) return spec(undefined, text);
  const [, given, rest = text] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const name = given?.trim();
  if (name === "" || rest.trim() === "")
    return E.left(usageFailure(`${text}: give a method as name=folder, name=model, or the model alone`));
  if (isThere(rest)) return spec(name, rest);
  const [, first, second, share] = /^(.+)\+([^+]+):(\d*\.?\d+)$/s.exec(rest) ?? [];
  if (first === undefined || second === undefined) {
    const [, what = rest, steps] = STEPS.exec(rest) ?? [];
    return spec(name, what, steps === undefined ? {} : { steps: Number(steps) });
  }
  const value = Number(share);
  return value <= 1
    ? spec(name, first, { mix: { file: second, share: value } })
    : E.left(usageFailure(`${text}: found a share of ${share}, allowed: from 0 to 1`));
};
