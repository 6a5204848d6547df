/** Chunks of WebP files (RFC 9649, 2.7): VP8X with flags, ICCP before the picture, EXIF and XMP after it. */
import type { Size } from "@tadsr/model";
import { copied, joined, latin1, type Part, viewOf } from "./bytes.ts";
import type { Carried, Written } from "./carried.ts";

/** "RIFF", a size, "WEBP". */
const HEADER = 12;
const [ICC, ALPHA, EXIF, XMP] = [0x20, 0x10, 0x08, 0x04];

const chunksOf = (bytes: Uint8Array): readonly Part[] => {
  const view = viewOf(bytes);
  const chunks: Part[] = [];
  let at = HEADER;
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length;
    if (end > bytes.length) break;
    const name = String.fromCharCode(...bytes.subarray(at, at + 4));
    chunks.push({ name, start: at, content: bytes.subarray(at + 8, end), end });
    at = end + (length & 1);
  }
  return chunks;
};

export const readWebp = (bytes: Uint8Array): Carried => {
  const chunks = chunksOf(bytes);
  const named = (wanted: string): Uint8Array | undefined =>
    copied(chunks.find(({ name }) => name === wanted)?.content);
  const [exif, icc, xmp] = [named("EXIF"), named("ICCP"), named("XMP ")];
  return {
    ...(exif === undefined ? {} : { exif: withoutPrefix(exif) }),
    ...(icc === undefined ? {} : { icc }),
    ...(xmp === undefined ? {} : { xmp }),
  };
};

/** Some programs put "Exif\0\0" before the TIFF structure, as in JPEG. */
const withoutPrefix = (exif: Uint8Array): Uint8Array =>
  String.fromCharCode(...exif.subarray(0, 6)) === "Exif\0\0" ? exif.subarray(6) : exif;

const chunk = (name: string, content: Uint8Array): Uint8Array => {
  const size = new Uint8Array(4);
  viewOf(size).setUint32(0, content.length, true);
  return joined([latin1(name), size, content, new Uint8Array(content.length & 1)]);
};

interface WebpSize extends Size {
  readonly hasAlpha: boolean;
}

/** The size of a picture, from its own bits: VP8 (RFC 6386, 9.1) or lossless (RFC 9649, 3.4). */
const sizeOf = ({ name, content }: Part): WebpSize | null => {
  const view = viewOf(content);
  if (name === "VP8 " && content.length >= 10) {
    const [width, height] = [view.getUint16(6, true) & 0x3fff, view.getUint16(8, true) & 0x3fff];
    return { width, height, hasAlpha: false };
  }
  if (name !== "VP8L" || content.length < 5) return null;
  const bits = view.getUint32(1, true);
  const [width, height] = [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
  return { width, height, hasAlpha: (bits >>> 28) % 2 === 1 };
};

/** The content of VP8X: flags, 24 bits of nothing, the sides less 1 in 24 bits each. */
const extended = ({ width, height, hasAlpha }: WebpSize): Uint8Array => {
  const three = (value: number): readonly number[] => [value & 0xff, (value >> 8) & 0xff, value >> 16];
  return Uint8Array.of(hasAlpha ? ALPHA : 0, 0, 0, 0, ...three(width - 1), ...three(height - 1));
};

const CARRIED = new Set(["VP8X", "ICCP", "EXIF", "XMP "]);

/** What the file carried before is replaced. WebP has room for everything. */
export const writeWebp = (bytes: Uint8Array, { exif, icc, xmp }: Carried): Written => {
  const chunks = chunksOf(bytes);
  const first = chunks[0];
  const size = first === undefined ? null : sizeOf(first);
  const before =
    first?.name === "VP8X" ? new Uint8Array(first.content) : size === null ? null : extended(size);
  if (before === null) return { bytes, left: [] };
  const had = (before[0] as number) & ~(ICC | EXIF | XMP);
  before[0] = had | (icc ? ICC : 0) | (exif ? EXIF : 0) | (xmp ? XMP : 0);
  const body = joined([
    latin1("WEBP"),
    chunk("VP8X", before),
    ...(icc === undefined ? [] : [chunk("ICCP", icc)]),
    ...chunks.filter(({ name }) => !CARRIED.has(name)).map(({ name, content }) => chunk(name, content)),
    ...(exif === undefined ? [] : [chunk("EXIF", exif)]),
    ...(xmp === undefined ? [] : [chunk("XMP ", xmp)]),
  ]);
  return { bytes: chunk("RIFF", body), left: [] };
};
