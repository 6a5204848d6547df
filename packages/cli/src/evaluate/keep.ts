/** Keeps the pictures of an evaluation in a folder, so that other programs can measure them too. */
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Fault, Made, Trial } from "@tadsr/metrics";
import type { Picture } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import sharp from "sharp";
import { type Failure, outputFailure, usageFailure } from "../failure.ts";
import { cannotWrite, writeSafely } from "../safe-file.ts";
import { displayPath, resolveIn, type Shell } from "../shell.ts";
import { lieWithin } from "./protected.ts";

/** Writes the pictures of a trial. */
export type Keep = (trial: Trial, made: readonly Made[]) => TE.TaskEither<Fault, void>;

/** The folder of the small pictures. */
const SMALL = "small";

/** A name that is one part of a path. */
const asFolder = (name: string): string => name.replaceAll(/[^\p{L}\p{N} ._+-]/gu, "_").replace(/^\.+/, "_");

/** The folder of a method's pictures inside the kept folder. With several seeds there is one for each. */
const placeOf = (method: string, seed: number | null, seeds: readonly number[]): string =>
  seeds.length > 1 && seed !== null ? join(method, `seed-${seed}`) : method;

const writePng = (
  shell: Shell,
  { width, height, data }: Picture,
  folder: string,
  name: string,
): TE.TaskEither<Failure, void> => {
  const file = join(folder, `${name}.png`);
  const written = writeSafely(
    shell,
    file,
    true,
  )((draft) =>
    TE.tryCatch(
      async () => {
        await sharp(data, { raw: { width, height, channels: 3 } })
          .png()
          .toFile(draft);
      },
      cannotWrite(shell, file),
    ),
  );
  const made = TE.tryCatch(() => mkdir(folder, { recursive: true }), cannotWrite(shell, folder));
  return pipe(
    made,
    TE.chain(() => written),
  );
};

/** Why the pictures cannot be kept there, or null. */
const objection = async (
  shell: Shell,
  folder: string,
  methods: readonly string[],
  { seeds, force, inputs }: KeepOptions,
): Promise<Failure | null> => {
  const shown = displayPath(shell, folder);
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  if (isThere && !force)
    return outputFailure(`${shown}: it exists already; choose another folder with --keep, or give --force`);
  const taken = new Map([[SMALL, "the small pictures"]]);
  for (const method of methods) {
    const name = asFolder(method);
    const other = taken.get(name);
    if (other !== undefined)
      return usageFailure(
        `--keep: ${method} and ${other} would share the folder ${name}; give one of them another name`,
      );
    taken.set(name, method);
  }
  const places = [...taken.keys()].flatMap((name) =>
    [null, ...seeds].map((seed) => join(folder, placeOf(name, seed, seeds))),
  );
  const input = await lieWithin(places, inputs);
  return input === null
    ? null
    : outputFailure(
        `${shown}: pictures would be written into ${displayPath(shell, input)}, which is measured; choose another folder with --keep`,
      );
};

export interface KeepOptions {
  readonly seeds: readonly number[];
  /** Whether the folder may exist; if so, pictures in it are replaced. */
  readonly force: boolean;
  /** Folders that the evaluation reads. Nothing is written into them. */
  readonly inputs: readonly string[];
}

/**
 * `<folder>/<method>/<name>.png` and `<folder>/small/<name>.png`; with several seeds,
 * `<folder>/<method>/seed-<n>/<name>.png`. `methods` names the methods that make pictures.
 */
export const keepIn =
  (
    shell: Shell,
    named: string,
    methods: readonly string[],
    options: KeepOptions,
  ): TE.TaskEither<Failure, Keep> =>
  async () => {
    if (named.trim() === "") return E.left(usageFailure("--keep: the folder's name is empty; give one"));
    const folder = resolveIn(shell, named);
    const wrong = await objection(shell, folder, methods, options);
    if (wrong !== null) return E.left(wrong);
    const { seeds } = options;
    return E.right((trial, made) => async () => {
      const pictures = [
        ...(trial.small === null ? [] : [[SMALL, trial.small] as const]),
        ...made
          .filter(({ method }) => method.kind !== "folder")
          .map(({ method, picture }) => [asFolder(method.name), picture] as const),
      ];
      for (const [name, picture] of pictures) {
        const place = join(folder, placeOf(name, trial.seed, seeds));
        const written = await writePng(shell, picture, place, trial.name)();
        if (E.isLeft(written)) return written;
      }
      return E.right(undefined);
    });
  };
