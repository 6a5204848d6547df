/** From a photo's file to pixels, by the browser's own decoders. */
import { type Carried, orientationOf, readCarried, writeCarried } from "@tadsr/metadata";
import { COLOURS, type Picture, type Size } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { type WorkerError, workerError } from "./worker-error.ts";

export interface Photo {
  readonly picture: Picture;
  /** What goes with the pixels into a saved file: the profile only if the pixels are in its colours. */
  readonly carried: Carried;
}

/** Sides of a canvas in browsers, at most. */
const CANVAS_SIDE = 16384;

/** Rows that are taken from the canvas at a time. */
const ROWS = 256;

/** Whether a profile is for red, green and blue (ICC.1:2010, 7.2.6). Others are for CMYK or grey. */
const isOfColours = (icc: Uint8Array): boolean => String.fromCharCode(...icc.subarray(16, 20)) === "RGB ";

/** Colours and alpha apart, without holding a whole second copy. */
const pixelsOf = (context: OffscreenCanvasRenderingContext2D, { width, height }: Size): Picture => {
  const data = new Uint8Array(COLOURS * width * height);
  let alpha: Uint8Array | null = null;
  for (let top = 0; top < height; top += ROWS) {
    const rows = Math.min(ROWS, height - top);
    const rgba = context.getImageData(0, top, width, rows).data;
    const from = width * top;
    for (let i = 0; i < width * rows; i++) {
      const to = COLOURS * (from + i);
      data[to] = rgba[4 * i] as number;
      data[to + 1] = rgba[4 * i + 1] as number;
      data[to + 2] = rgba[4 * i + 2] as number;
      const opaque = rgba[4 * i + 3] as number;
      if (opaque !== 255) alpha ??= new Uint8Array(width * height).fill(255);
      if (alpha !== null) alpha[from + i] = opaque;
    }
  }
  return { width, height, channels: COLOURS, data, ...(alpha === null ? {} : { alpha }) };
};

type Transformation = readonly [number, number, number, number, number, number];

/** What turns pixels of this orientation upright, for a canvas (TIFF 6.0, section 8). */
const uprighting = (orientation: number, { width, height }: Size): Transformation => {
  switch (orientation) {
    case 2:
      return [-1, 0, 0, 1, width, 0];
    case 3:
      return [-1, 0, 0, -1, width, height];
    case 4:
      return [1, 0, 0, -1, 0, height];
    case 5:
      return [0, 1, 1, 0, 0, 0];
    case 6:
      return [0, 1, -1, 0, height, 0];
    case 7:
      return [0, -1, -1, 0, height, width];
    case 8:
      return [0, -1, 1, 0, 0, width];
    default:
      return [1, 0, 0, 1, 0, 0];
  }
};

/** From here on the sides are exchanged. */
const LYING = 5;

const tooLarge = (name: string, { width, height }: Size): WorkerError =>
  workerError(
    "too-large",
    `${name}: it has ${width} x ${height} pixels, and browsers handle ${CANVAS_SIDE} per side; cut it into parts`,
  );

/**
 * Upright pixels. If the file has a colour profile, they stay in its colours, so that the profile fits the result too.
 * Otherwise they are sRGB. Browsers do not agree in which formats they look at EXIF, so they get the file without it.
 */
export const decodePhoto = async (name: string, file: Blob): Promise<E.Either<WorkerError, Photo>> => {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { icc, ...carried } = await readCarried(bytes);
    const keepsColours = icc !== undefined && isOfColours(icc);
    const without = await writeCarried(bytes, icc === undefined ? {} : { icc });
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(without.bytes)]), {
      colorSpaceConversion: keepsColours ? "none" : "default",
      premultiplyAlpha: "none",
    });
    const orientation = carried.exif === undefined ? 1 : orientationOf(carried.exif);
    const [width, height] =
      orientation < LYING ? [bitmap.width, bitmap.height] : [bitmap.height, bitmap.width];
    const isTooLarge = Math.max(width, height) > CANVAS_SIDE;
    const context = isTooLarge
      ? null
      : new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    context?.setTransform(...uprighting(orientation, bitmap));
    context?.drawImage(bitmap, 0, 0);
    bitmap.close();
    if (context === null) return E.left(tooLarge(name, { width, height }));
    const picture = pixelsOf(context, { width, height });
    return E.right({ picture, carried: keepsColours ? { ...carried, icc } : carried });
  } catch (thrown) {
    const why = `this browser cannot read it as a picture (${firstLine(thrown)})`;
    return E.left(workerError("invalid-picture", `${name}: ${why}; give a whole PNG, JPEG or WebP file`));
  }
};
