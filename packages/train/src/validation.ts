/** Pairs of a degraded picture and its original, to measure a model with. */
import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { readPhotograph } from "@tadsr/files";
import type { FileUnwritable } from "@tadsr/model";
import { fileReason } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Degradation, scaleOf } from "./degradation/description.ts";
import type { DrawnDegradation } from "./degradation/draw.ts";
import { type DegradedPicture, degradePicture } from "./degradation/picture.ts";
import { type FloatPicture, fromBytes } from "./float-picture.ts";
import { type DataError, noneUsable, pictureNames, type SkippedPicture } from "./picture-files.ts";
import { writePng } from "./write-png.ts";

export interface ValidationOptions {
  readonly degradation: Degradation;
  readonly seed: number;
  /** The number of degraded versions of each original. If it is above 1, their names end in a number: `name-1.png`. */
  readonly variants?: number;
}

export interface ValidationReport {
  readonly pairs: readonly { readonly name: string; readonly drawn: DrawnDegradation }[];
  readonly skipped: readonly SkippedPicture[];
}

/**
 * A number for the picture, from its name without the extension (32-bit FNV-1a of its UTF-8). So its degradation does
 * not depend on the other pictures in the folder.
 */
export const keyOfName = (name: string): number =>
  Buffer.from(stemOf(name), "utf8").reduce(
    (hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0,
    0x811c9dc5,
  );

const stemOf = (name: string): string => name.replace(/\.[^.]+$/, "");

/**
 * The PNG's name without `.png`: the file's name without its extension, or with it if two files differ only in the
 * extension. If such a name is another file's, all keep their extensions.
 */
const pngStems = (names: readonly string[]): readonly string[] => {
  const stems = names.map(stemOf);
  const chosen = names.map((name, n) => {
    const stem = stems[n] as string;
    return stems.indexOf(stem) === stems.lastIndexOf(stem) ? stem : name;
  });
  return new Set(chosen).size === names.length ? chosen : names;
};

/** Decodes an original; its sides must be at least `least` pixels. */
const original = async (
  file: string,
  name: string,
  least: number,
): Promise<E.Either<SkippedPicture, FloatPicture>> => {
  const picture = await readPhotograph(file)();
  if (E.isLeft(picture)) return E.left({ name, reason: picture.left.reason });
  const { width, height } = picture.right;
  return Math.min(width, height) < least
    ? E.left({ name, reason: `${width} x ${height} pixels, at least ${least} x ${least} are needed` })
    : E.right(fromBytes(picture.right));
};

/** Writes both pictures of a pair. */
const writePair = (
  { hr, lr }: DegradedPicture,
  outFolder: string,
  output: string,
): TE.TaskEither<DataError, void> => {
  const failed = (reason: string): DataError => {
    const file = join(outFolder, "{lr,hr}", output);
    return { _tag: "UnwritablePicture", file, message: `${file}: cannot write: ${reason}` };
  };
  const write = (kind: "lr" | "hr", picture: FloatPicture): TE.TaskEither<DataError, void> =>
    pipe(
      TE.tryCatch(
        () => mkdir(join(outFolder, kind), { recursive: true }),
        (thrown) => failed(fileReason(thrown)),
      ),
      TE.chain(() =>
        TE.mapLeft(({ reason }: FileUnwritable) => failed(reason))(
          writePng(picture, join(outFolder, kind, output)),
        ),
      ),
    );
  return TE.chain(() => write("hr", hr))(write("lr", lr));
};

/** The target of a path after following links; the path itself if nothing is there. */
const real = (path: string): Promise<string> => realpath(path).catch(() => path);

/** The error if a folder of the results is that of the originals; null if none is. */
const replacedOriginals = async (folder: string, outFolder: string): Promise<DataError | null> => {
  for (const kind of ["lr", "hr"]) {
    const place = join(outFolder, kind);
    if ((await real(place)) === (await real(folder)))
      return {
        _tag: "WouldReplaceOriginals",
        folder: place,
        message: `${place}: the results would replace the originals themselves; choose another folder`,
      };
  }
  return null;
};

/**
 * Makes low-resolution pictures of a folder of originals: `<outFolder>/lr/<name>.png`, and the originals cut to
 * multiples of the scale, `<outFolder>/hr/<name>.png`; for several variants `<name>-1.png` and so on. Existing files of
 * these names are replaced. Originals that cannot be read are listed in `skipped`. It is an error if none can be read,
 * and if an original would be replaced.
 */
export const writeValidationPairs =
  (
    folder: string,
    outFolder: string,
    options: ValidationOptions,
  ): TE.TaskEither<DataError, ValidationReport> =>
  async () => {
    const replaced = await replacedOriginals(folder, outFolder);
    if (replaced !== null) return E.left(replaced);
    const listed = await pictureNames(folder)();
    if (E.isLeft(listed)) return listed;
    const names = listed.right;
    const stems = pngStems(names);
    const { degradation, seed, variants = 1 } = options;
    const pairs: ValidationReport["pairs"][number][] = [];
    const skipped: SkippedPicture[] = [];
    for (const [n, name] of names.entries()) {
      const opened = await original(join(folder, name), name, scaleOf(degradation));
      if (E.isLeft(opened)) {
        skipped.push(opened.left);
        continue;
      }
      for (let variant = 0; variant < variants; variant++) {
        const pair = await degradePicture(opened.right, { seed, key: keyOfName(name), variant }, degradation);
        const output = variants === 1 ? `${stems[n]}.png` : `${stems[n]}-${variant + 1}.png`;
        const written = await writePair(pair, outFolder, output)();
        if (E.isLeft(written)) return written;
        pairs.push({ name: output, drawn: pair.drawn });
      }
    }
    return pairs.length > 0
      ? E.right({ pairs, skipped })
      : E.left(noneUsable(folder, names.length, skipped[0]));
  };
