/** Reading and writing what a file carries, by its format. */
import type { Carried, Written } from "./carried.ts";
import { readJpeg, writeJpeg } from "./jpeg.ts";
import { sniffFormat } from "./picture-format.ts";
import { readPng, writePng } from "./png.ts";
import { readWebp, writeWebp } from "./webp.ts";

/** What a PNG, JPEG or WebP file carries. Damaged parts, and files of other formats, carry nothing. */
export const readCarried = async (bytes: Uint8Array): Promise<Carried> => {
  switch (sniffFormat(bytes)) {
    case "jpeg":
      return readJpeg(bytes);
    case "png":
      return readPng(bytes);
    case "webp":
      return readWebp(bytes);
    case null:
      return {};
  }
};

/**
 * The same PNG, JPEG or WebP file with this beside its pixels, in place of what it carried before. JPEG has 64 KiB for
 * EXIF and for XMP: what does not fit is named in `left`. A file of another format is given back as it is.
 */
export const writeCarried = async (bytes: Uint8Array, carried: Carried): Promise<Written> => {
  switch (sniffFormat(bytes)) {
    case "jpeg":
      return writeJpeg(bytes, carried);
    case "png":
      return writePng(bytes, carried);
    case "webp":
      return writeWebp(bytes, carried);
    case null:
      return { bytes, left: Object.keys(carried) as Written["left"] };
  }
};
