import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileReason } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import sharp, { type ResizeOptions } from "sharp";
import type { BytePicture } from "./float-picture.ts";

/** What can go wrong with folders of pictures. */
export type DataError =
  | { readonly kind: "UnreadableFolder"; readonly folder: string; readonly message: string }
  | { readonly kind: "NoPictures"; readonly folder: string; readonly message: string }
  | { readonly kind: "UnreadablePicture"; readonly file: string; readonly message: string }
  | { readonly kind: "UnwritablePicture"; readonly file: string; readonly message: string };

/** A decoded picture with the name of its file. */
export interface Photograph extends BytePicture {
  readonly name: string;
}

/** A file that was left out, and why. */
export interface SkippedPicture {
  readonly name: string;
  readonly reason: string;
}

/** Decoded photographs in the order of their names. */
export interface Photographs {
  readonly folder: string;
  readonly items: readonly Photograph[];
  readonly skipped: readonly SkippedPicture[];
}

export interface PhotographOptions {
  /**
   * Both sides are multiplied by this, 0..1, with a Lanczos filter: shrunk photographs have finer detail per
   * pixel and their JPEG blocks vanish, so that a network does not learn them.
   */
  readonly shrink: number;
  /** Photographs whose shorter side is less after shrinking are left out; in pixels. */
  readonly minimumSide: number;
  /** Called after each file. */
  readonly onProgress?: (done: number, total: number) => void;
}

const pictureExtension = /\.(jpe?g|png|webp|tiff?|avif|gif)$/i;

/** Names of the picture files of a folder in the order of their code units, the same on every machine. */
export const pictureNames =
  (folder: string): TaskEither<DataError, readonly string[]> =>
  async () => {
    try {
      const names = (await readdir(folder)).filter((name) => pictureExtension.test(name)).sort();
      return names.length > 0
        ? E.right(names)
        : E.left({
            kind: "NoPictures",
            folder,
            message: `${folder}: no pictures in this folder (looked for .jpg, .png, .webp, .tif, .avif, .gif)`,
          });
    } catch (thrown) {
      return E.left({
        kind: "UnreadableFolder",
        folder,
        message: `${folder}: cannot list this folder: ${fileReason(thrown)}`,
      });
    }
  };

/** Decodes a file to 8-bit sRGB: EXIF orientation applied, transparency laid on white, gray made colour. */
export const decodePicture = async (file: string, shrink = 1): Promise<BytePicture> => {
  const upright = sharp(file, { failOn: "error" })
    .rotate()
    .flatten({ background: "white" })
    .toColourspace("srgb");
  const { data, info } = await (shrink === 1 ? upright : upright.resize(await shrunk(file, shrink)))
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data };
};

const shrunk = async (file: string, shrink: number): Promise<ResizeOptions> => {
  const { autoOrient } = await sharp(file).metadata();
  return {
    width: Math.max(1, Math.round(shrink * autoOrient.width)),
    height: Math.max(1, Math.round(shrink * autoOrient.height)),
    fit: "fill",
    kernel: "lanczos3",
    // The JPEG decoder's own shrinking is quicker and coarser.
    fastShrinkOnLoad: false,
  };
};

const openOne = async (
  folder: string,
  name: string,
  { shrink, minimumSide }: PhotographOptions,
): Promise<E.Either<SkippedPicture, Photograph>> => {
  try {
    const picture = await decodePicture(join(folder, name), shrink);
    const side = Math.min(picture.width, picture.height);
    return side < minimumSide
      ? E.left({
          name,
          reason: `${picture.width} x ${picture.height} pixels (after shrinking), the shorter side must be at least ${minimumSide}`,
        })
      : E.right({ name, ...picture });
  } catch (thrown) {
    return E.left({ name, reason: fileReason(thrown) });
  }
};

/** How many files are decoded at once. */
const together = 4;

/**
 * Decodes all photographs of a folder into memory, 3 bytes a pixel. Files that cannot be read or are too
 * small are listed in `skipped`; it is an error only if none is left.
 */
export const openPhotographs =
  (folder: string, options: PhotographOptions): TaskEither<DataError, Photographs> =>
  async () => {
    const names = await pictureNames(folder)();
    if (E.isLeft(names)) return names;
    const opened: E.Either<SkippedPicture, Photograph>[] = [];
    for (let start = 0; start < names.right.length; start += together) {
      const some = names.right.slice(start, start + together);
      const tried = await Promise.all(some.map((name) => openOne(folder, name, options)));
      // libvips keeps one error text for all threads: of decodes at the same time one may lose its reason.
      for (const [n, one] of tried.entries())
        opened.push(E.isLeft(one) ? await openOne(folder, some[n] as string, options) : one);
      options.onProgress?.(opened.length, names.right.length);
    }
    const items = opened.flatMap((one) => (E.isRight(one) ? [one.right] : []));
    const skipped = opened.flatMap((one) => (E.isLeft(one) ? [one.left] : []));
    const [first] = skipped;
    return items.length > 0
      ? E.right({ folder, items, skipped })
      : E.left({
          kind: "NoPictures",
          folder,
          message: `${folder}: none of the ${names.right.length} pictures can be used; the first, ${first?.name}: ${first?.reason}`,
        });
  };
