import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileReason } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import sharp from "sharp";
import {
  bicubicPicture,
  type DegradationParameters,
  type DegradationRanges,
  type DegradedPicture,
  degradePicture,
} from "./degradation.ts";
import { type FloatPicture, fromBytes, toBytes } from "./float-picture.ts";
import { type DataError, decodePicture, pictureNames, type SkippedPicture } from "./photographs.ts";

export interface ValidationOptions {
  /** "bicubic": plain shrinking by four; "degraded": the degradation of the training. */
  readonly kind: "bicubic" | "degraded";
  readonly seed: number;
  readonly ranges?: DegradationRanges;
}

export interface ValidationReport {
  readonly pairs: readonly { readonly name: string; readonly parameters: DegradationParameters }[];
  readonly skipped: readonly SkippedPicture[];
}

/**
 * A number of the picture's own from its name without the extension (32-bit FNV-1a of its UTF-8), so that its
 * degradation does not depend on what else is in the folder.
 */
export const keyOfName = (name: string): number =>
  Buffer.from(stemOf(name), "utf8").reduce(
    (hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0,
    0x811c9dc5,
  );

const stemOf = (name: string): string => name.replace(/\.[^.]+$/, "");

/** The PNG's name: the file's without its extension, or with it where two files differ in nothing else. */
const pngNames = (names: readonly string[]): readonly string[] => {
  const stems = names.map(stemOf);
  return names.map((name, n) =>
    stems.indexOf(stems[n] as string) === stems.lastIndexOf(stems[n] as string)
      ? `${stems[n]}.png`
      : `${name}.png`,
  );
};

const writePng = async (picture: FloatPicture, file: string): Promise<void> => {
  const { width, height, data } = toBytes(picture);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file);
};

const degradeFile = async (
  file: string,
  name: string,
  { kind, seed, ranges }: ValidationOptions,
): Promise<E.Either<SkippedPicture, DegradedPicture>> => {
  try {
    const picture = await decodePicture(file);
    if (Math.min(picture.width, picture.height) < 4)
      return E.left({
        name,
        reason: `${picture.width} x ${picture.height} pixels, at least 4 x 4 are needed`,
      });
    return E.right(
      kind === "bicubic"
        ? await bicubicPicture(fromBytes(picture))
        : await degradePicture(fromBytes(picture), { seed, key: keyOfName(name) }, ranges),
    );
  } catch (thrown) {
    return E.left({ name, reason: fileReason(thrown) });
  }
};

/**
 * Makes low-resolution pictures of a folder of originals: `<outFolder>/lr/<name>.png`, and beside them the
 * originals cut to multiples of four, `<outFolder>/hr/<name>.png`. Files of these names are replaced.
 * Originals that cannot be read are listed in `skipped`; it is an error if none can.
 */
export const writeValidationPairs =
  (folder: string, outFolder: string, options: ValidationOptions): TaskEither<DataError, ValidationReport> =>
  async () => {
    const listed = await pictureNames(folder)();
    if (E.isLeft(listed)) return listed;
    const names = listed.right;
    const outputs = pngNames(names);
    const pairs: ValidationReport["pairs"][number][] = [];
    const skipped: SkippedPicture[] = [];
    for (const [n, name] of names.entries()) {
      const degraded = await degradeFile(join(folder, name), name, options);
      if (E.isLeft(degraded)) {
        skipped.push(degraded.left);
        continue;
      }
      const { hr, lr, parameters } = degraded.right;
      try {
        for (const [kind, picture] of Object.entries({ lr, hr })) {
          await mkdir(join(outFolder, kind), { recursive: true });
          await writePng(picture, join(outFolder, kind, outputs[n] as string));
        }
      } catch (thrown) {
        const file = join(outFolder, "{lr,hr}", outputs[n] as string);
        return E.left({
          kind: "UnwritablePicture",
          file,
          message: `${file}: cannot write: ${fileReason(thrown)}`,
        });
      }
      pairs.push({ name: outputs[n] as string, parameters });
    }
    const [first] = skipped;
    return pairs.length > 0
      ? E.right({ pairs, skipped })
      : E.left({
          kind: "NoPictures",
          folder,
          message: `${folder}: none of the ${names.length} pictures can be used; the first, ${first?.name}: ${first?.reason}`,
        });
  };
