/** Opens the methods that the command line names. Here is the order in which errors are found. */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { shippedModels } from "@tadsr/files";
import { bicubicMethod, type LeftOut, type Method, ORIGINALS } from "@tadsr/metrics";
import { DESCRIPTION_FILE, factorOf, nearestName } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, inputFailure, usageFailure } from "../failure.ts";
import { resolveIn, type Shell } from "../shell.ts";
import { openFoundModel } from "../upscale/open-model.ts";
import { openFolder } from "./folder-method.ts";
import { modelMethod } from "./model-method.ts";
import { type FoundModel, findModels } from "./model-options.ts";
import type { EvaluateOptions } from "./options.ts";
import type { Originals } from "./originals.ts";
import { type MethodSpec, methodSpec, nameOfPath } from "./spec.ts";

const BICUBIC = "bicubic";

export type Named = MethodSpec & { readonly title: string; readonly kind: "bicubic" | "folder" | "model" };

const isThere = (path: string, as: "file" | "folder"): Promise<boolean> =>
  stat(path).then(
    (found) => (as === "folder" ? found.isDirectory() : found.isFile()),
    () => false,
  );

const hintOf = (what: string, known: readonly string[]): string => {
  const nearest = nearestName(what, [...known, BICUBIC]);
  return nearest === null ? "" : `; did you mean ${nearest}?`;
};

/** Why the named method cannot be found; null if there is such a folder or file. */
const notThere = (
  shell: Shell,
  word: string,
  { what }: MethodSpec,
  shipped: readonly string[],
): Failure | null =>
  shipped.includes(what) || existsSync(resolveIn(shell, what))
    ? null
    : inputFailure(
        `${word}: there is no folder of pictures, model or file ${what}, and no shipped model with this name ` +
          `(shipped are ${shipped.join(", ")})${hintOf(what, shipped)}`,
      );

/** A folder without a model's model.json is a folder of pictures. */
const kindOf = async (shell: Shell, { what, mix }: MethodSpec): Promise<Named["kind"]> => {
  if (mix !== null) return "model";
  if (what === BICUBIC) return "bicubic";
  if ((await shippedModels()).includes(what)) return "model";
  const path = resolveIn(shell, what);
  const isModel = await isThere(join(path, DESCRIPTION_FILE), "file");
  return what.includes("{seed}") || ((await isThere(path, "folder")) && !isModel) ? "folder" : "model";
};

/** The methods to compare, each with its own name. */
export const namedMethods =
  (shell: Shell, words: readonly string[]): TE.TaskEither<Failure, readonly Named[]> =>
  async () => {
    const named: Named[] = [];
    for (const word of words) {
      const spec = methodSpec(word, (path) => existsSync(resolveIn(shell, path)));
      if (E.isLeft(spec)) return spec;
      const title = spec.right.name ?? nameOfPath(spec.right.what);
      if (title === ORIGINALS)
        return E.left(
          usageFailure(`${word}: the table has a row called ${ORIGINALS}; give this method another name`),
        );
      if (named.some((other) => other.title === title))
        return E.left(
          usageFailure(
            `${word}: another method is called ${title}; give this one another name, such as other=${word.slice(word.indexOf("=") + 1)}`,
          ),
        );
      const kind = await kindOf(shell, spec.right);
      if (spec.right.steps !== null && kind !== "model")
        return E.left(usageFailure(`${word}: @${spec.right.steps} is for a model's steps; leave it out`));
      const missing = kind === "model" ? notThere(shell, word, spec.right, await shippedModels()) : null;
      if (missing !== null) return E.left(missing);
      named.push({ ...spec.right, title, kind });
    }
    return E.right(named);
  };

/** Methods ready to make pictures. */
export interface OpenMethods {
  readonly methods: readonly Method[];
  /** Originals for which one of the methods has no picture. */
  readonly missing: ReadonlyMap<string, string>;
  readonly spare: readonly LeftOut[];
  readonly close: () => Promise<void>;
}

const checkFactors = (
  named: readonly Named[],
  found: readonly FoundModel[],
  scale: number,
): E.Either<Failure, void> => {
  for (const [n, { model }] of found.entries())
    if (factorOf(model) !== scale)
      return E.left(
        usageFailure(
          `${named[n]?.title}: it upscales ${factorOf(model)} times, but the degradation shrinks ${scale} times; ` +
            "measure it with one that shrinks as much",
        ),
      );
  return E.right(undefined);
};

/**
 * Folders are listed and models described before any model's weights are read, so that errors are found early. `scale`
 * is how many times smaller the small pictures are; null if there are none.
 */
export const openMethods =
  (
    shell: Shell,
    named: readonly Named[],
    options: EvaluateOptions,
    { pictures }: Originals,
    seeds: readonly number[],
    scale: number | null,
  ): TE.TaskEither<Failure, OpenMethods> =>
  async () => {
    const folders = new Map<Named, Method>();
    const missing = new Map<string, string>();
    const spare: LeftOut[] = [];
    for (const one of named.filter(({ kind }) => kind === "folder")) {
      const opened = await openFolder(shell, one.title, one.what, pictures, seeds)();
      if (E.isLeft(opened)) return opened;
      folders.set(one, opened.right.method);
      for (const name of opened.right.missing)
        if (!missing.has(name)) missing.set(name, `${one.title} has no picture with this name`);
      spare.push(...opened.right.spare);
    }
    const models = named.filter(({ kind }) => kind === "model");
    const found = await findModels(shell, models, options)();
    if (E.isLeft(found)) return found;
    const checked = scale === null ? E.right(undefined) : checkFactors(models, found.right, scale);
    if (E.isLeft(checked)) return checked;
    const closing: (() => Promise<void>)[] = [];
    const close = async (): Promise<void> => {
      for (const end of closing.splice(0)) await end();
    };
    const opened = new Map<Named, Method>();
    for (const [n, { model, options: own }] of found.right.entries()) {
      const one = models[n] as Named;
      const open = await openFoundModel(shell, model, own)();
      if (E.isLeft(open)) {
        await close();
        return open;
      }
      closing.push(open.right.close);
      opened.set(one, modelMethod(one.title, open.right));
    }
    const methods = named.map(
      (one): Method => folders.get(one) ?? opened.get(one) ?? bicubicMethod(one.title, scale ?? 1),
    );
    return E.right({ methods, missing, spare, close });
  };
