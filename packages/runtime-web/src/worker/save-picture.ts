/** The result as a file, with what the photo's file carried. */
import { type Carried, type PictureFormat, uprightExif, writeCarried } from "@tadsr/metadata";
import { COLOURS, type Size } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { encodeJpeg } from "./encode-jpeg.ts";
import { encodePng } from "./encode-png.ts";
import type { Rows } from "./kept-result.ts";
import { type WorkerError, workerError } from "./worker-error.ts";

/** WebP is made by a canvas, which holds the whole picture once more, with four bytes for a pixel. */
const MOST_PIXELS_OF_WEBP = 100_000_000;

/** The longest side of the formats: ITU T.81, B.2.2, and RFC 9649, 2.7. */
const MOST_SIDE = { jpeg: 65535, webp: 16383 } as const;

/** Why a result of this size cannot be saved in this format; null if it can be. */
export const limitOfFormat = ({ width, height }: Size, format: PictureFormat): string | null => {
  if (format === "png") return null;
  const most = MOST_SIDE[format];
  if (Math.max(width, height) > most) return `at most ${most} pixels per side`;
  return format === "webp" && width * height > MOST_PIXELS_OF_WEBP
    ? `at most ${MOST_PIXELS_OF_WEBP / 1e6} million pixels`
    : null;
};

/** Rows that are put on the canvas at a time. */
const ROWS = 256;

const drawn = (source: Rows): OffscreenCanvas | null => {
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
        const to = 4 * (y * width + x);
        for (let c = 0; c < COLOURS; c++) image.data[to + c] = colours[COLOURS * x + c] as number;
        image.data[to + 3] = alpha?.[x] ?? 255;
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

const webpByCanvas = async (
  source: Rows,
  carried: Carried,
  quality: number,
): Promise<E.Either<WorkerError, Blob>> => {
  const canvas = drawn(source);
  if (canvas === null)
    return E.left(workerError("too-large", "the browser has no canvas of this size; save it as PNG"));
  const type = "image/webp";
  const blob = await canvas.convertToBlob({ type, quality });
  if (blob.type !== type)
    return E.left(workerError("format-unavailable", "this browser cannot write WebP; save it as PNG"));
  const { bytes } = await writeCarried(new Uint8Array(await blob.arrayBuffer()), carried);
  return E.right(new Blob([new Uint8Array(bytes)], { type }));
};

const NAMES = { png: "PNG", jpeg: "JPEG", webp: "WebP" } as const;

/** `quality` is that of JPEG and WebP, from 0 to 1. */
export const savePicture = async (
  source: Rows,
  carried: Carried,
  format: PictureFormat,
  quality: number,
): Promise<E.Either<WorkerError, Blob>> => {
  try {
    const kept = carriedBy(carried, source);
    const limit = limitOfFormat(source, format);
    if (limit !== null)
      return E.left(workerError("too-large", `${NAMES[format]} is made here with ${limit}; save it as PNG`));
    switch (format) {
      case "png":
        return E.right(await encodePng(source, kept));
      case "jpeg":
        return E.right(await encodeJpeg(source, kept, quality));
      case "webp":
        return await webpByCanvas(source, kept, quality);
    }
  } catch (thrown) {
    return E.left(workerError("too-large", `the file could not be made: ${firstLine(thrown)}`));
  }
};
