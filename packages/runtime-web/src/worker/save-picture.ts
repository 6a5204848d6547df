/** The result as a file, with what the photo's file carried. */
import { type Carried, type PictureFormat, uprightExif, writeCarried } from "@tadsr/metadata";
import { COLOURS, type Size } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { CANVAS_SIDE } from "./decode-photo.ts";
import { encodePng } from "./encode-png.ts";
import type { Rows } from "./kept-result.ts";
import { type WorkerError, workerError } from "./worker-error.ts";

/** JPEG and WebP are made by a canvas, which holds the whole picture once more, with four bytes for a pixel. */
const MOST_PIXELS = 100_000_000;

/** The longest side: of a canvas for JPEG, of the format for WebP (RFC 9649, 2.7). */
const MOST_SIDE = { jpeg: CANVAS_SIDE, webp: 16383 } as const;

/** Why a result of this size cannot be saved in this format; null if it can be. */
export const limitOfFormat = ({ width, height }: Size, format: PictureFormat): string | null => {
  if (format === "png") return null;
  const most = MOST_SIDE[format];
  if (Math.max(width, height) > most) return `at most ${most} pixels per side`;
  return width * height > MOST_PIXELS ? `at most ${MOST_PIXELS / 1e6} million pixels` : null;
};

const NAMES = { png: "PNG", jpeg: "JPEG", webp: "WebP" } as const;

/** Rows that are put on the canvas at a time. */
const ROWS = 256;

/** JPEG has no alpha: its picture lies on white. */
const drawn = (source: Rows, isOnWhite: boolean): OffscreenCanvas | null => {
  const { width, height } = source;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return null;
  for (let top = 0; top < height; top += ROWS) {
    const rows = Math.min(ROWS, height - top);
    const image = new ImageData(width, rows);
    for (let y = 0; y < rows; y++) {
      const [colours, alpha] = [source.row(top + y), source.alphaRow(top + y)];
      for (let x = 0; x < width; x++) {
        const opaque = alpha?.[x] ?? 255;
        const to = 4 * (y * width + x);
        for (let c = 0; c < COLOURS; c++) {
          const colour = colours[COLOURS * x + c] as number;
          image.data[to + c] = isOnWhite ? 255 + (opaque / 255) * (colour - 255) : colour;
        }
        image.data[to + 3] = isOnWhite ? 255 : opaque;
      }
    }
    context.putImageData(image, 0, top);
  }
  return canvas;
};

/** EXIF says the new size and that the picture is upright. Damaged EXIF is left out. */
const carriedBy = ({ exif, ...others }: Carried, size: Size): Carried => {
  const upright = exif === undefined ? null : uprightExif(exif, size);
  return upright === null ? others : { ...others, exif: upright };
};

const byCanvas = async (
  source: Rows,
  carried: Carried,
  format: "jpeg" | "webp",
  quality: number,
): Promise<E.Either<WorkerError, Blob>> => {
  const limit = limitOfFormat(source, format);
  const asPng = "save it as PNG";
  if (limit !== null)
    return E.left(workerError("too-large", `${NAMES[format]} is made here with ${limit}; ${asPng}`));
  const canvas = drawn(source, format === "jpeg");
  if (canvas === null)
    return E.left(workerError("too-large", `the browser has no canvas of this size; ${asPng}`));
  const type = `image/${format}`;
  const blob = await canvas.convertToBlob({ type, quality });
  if (blob.type !== type)
    return E.left(workerError("format-unavailable", `this browser cannot write ${NAMES[format]}; ${asPng}`));
  const { bytes } = await writeCarried(new Uint8Array(await blob.arrayBuffer()), carried);
  return E.right(new Blob([new Uint8Array(bytes)], { type }));
};

/** `quality` is that of JPEG and WebP, from 0 to 1. */
export const savePicture = async (
  source: Rows,
  carried: Carried,
  format: PictureFormat,
  quality: number,
): Promise<E.Either<WorkerError, Blob>> => {
  try {
    const kept = carriedBy(carried, source);
    return format === "png"
      ? E.right(await encodePng(source, kept))
      : await byCanvas(source, kept, format, quality);
  } catch (thrown) {
    return E.left(workerError("too-large", `the file could not be made: ${firstLine(thrown)}`));
  }
};
