/** Keeps the pictures of an evaluation in a folder, so that other programs can measure them too. */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { exists, replaceFiles } from "@tadsr/files";
import type { Fault, Made, Trial } from "@tadsr/metrics";
import type { Picture } from "@tadsr/model";
import { fileReason } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import sharp from "sharp";
import type { KeepChoice } from "./choices.ts";
import type { EvaluateError } from "./errors.ts";
import { folderAround } from "./places.ts";

/** Writes the pictures of a trial. */
export type Keep = (trial: Trial, made: readonly Made[]) => TE.TaskEither<Fault, void>;

/** The folder of the small pictures. */
const SMALL = "small";

/** A name that is one part of a path. */
const asFolder = (name: string): string => name.replaceAll(/[^\p{L}\p{N} ._+-]/gu, "_").replace(/^\.+/, "_");

/** The folder of a method's pictures inside the kept folder. With several seeds there is one for each. */
const placeOf = (method: string, seed: number | null, seeds: readonly number[]): string =>
  seeds.length > 1 && seed !== null ? join(method, `seed-${seed}`) : method;

const cannotWrite =
  (place: string) =>
  (thrown: unknown): Fault => ({ message: `${place} cannot be written: ${fileReason(thrown)}` });

const writePng = (
  { width, height, data }: Picture,
  folder: string,
  name: string,
  onInterrupt: KeepChoice["onInterrupt"],
): TE.TaskEither<Fault, void> => {
  const file = join(folder, `${name}.png`);
  const options = { replace: true, ...(onInterrupt === undefined ? {} : { onInterrupt }) };
  const written = replaceFiles(
    [file],
    options,
  )(([draft]) =>
    TE.tryCatch(async () => {
      await sharp(data, { raw: { width, height, channels: 3 } })
        .png()
        .toFile(draft);
    }, cannotWrite(file)),
  );
  return pipe(
    TE.tryCatch(() => mkdir(folder, { recursive: true }), cannotWrite(folder)),
    TE.chain(() => written),
  );
};

export interface KeptOf {
  /** The methods that make pictures. */
  readonly methods: readonly string[];
  readonly seeds: readonly number[];
  /** Folders that the evaluation reads. Nothing is written into them. */
  readonly inputs: readonly string[];
}

/** Why the pictures cannot be kept there, or null. */
const objection = async (
  { folder, replace }: KeepChoice,
  { methods, seeds, inputs }: KeptOf,
  workingFolder: string,
): Promise<EvaluateError | null> => {
  if (!replace && (await exists(resolve(workingFolder, folder))))
    return { _tag: "FolderExists", folder, message: `${folder}: it exists already; choose another folder` };
  const taken = new Map([[SMALL, "the small pictures"]]);
  for (const method of methods) {
    const name = asFolder(method);
    const other = taken.get(name);
    if (other !== undefined)
      return {
        _tag: "SharedFolder",
        message: `${method} and ${other} would share the folder ${name}; give one of them another name`,
      };
    taken.set(name, method);
  }
  const places = [...taken.keys()].flatMap((name) =>
    [null, ...seeds].map((seed) => join(folder, placeOf(name, seed, seeds))),
  );
  const measured = await folderAround(places, inputs, workingFolder);
  return measured === null
    ? null
    : {
        _tag: "WouldOverwrite",
        folder,
        measured,
        message: `${folder}: pictures would be written into ${measured}, which is measured; choose another folder`,
      };
};

/**
 * `<folder>/<method>/<name>.png` and `<folder>/small/<name>.png`; with several seeds,
 * `<folder>/<method>/seed-<n>/<name>.png`.
 */
export const keepIn =
  (choice: KeepChoice, kept: KeptOf, workingFolder: string): TE.TaskEither<EvaluateError, Keep> =>
  async () => {
    const wrong = await objection(choice, kept, workingFolder);
    if (wrong !== null) return E.left(wrong);
    const folder = resolve(workingFolder, choice.folder);
    return E.right((trial, made) => async () => {
      const pictures = [
        ...(trial.small === null ? [] : [[SMALL, trial.small] as const]),
        ...made
          .filter(({ method }) => method.kind !== "folder")
          .map(({ method, picture }) => [asFolder(method.name), picture] as const),
      ];
      for (const [name, picture] of pictures) {
        const place = join(folder, placeOf(name, trial.seed, kept.seeds));
        const written = await writePng(picture, place, trial.name, choice.onInterrupt)();
        if (E.isLeft(written)) return written;
      }
      return E.right(undefined);
    });
  };
