/** The three picture formats that are read and written. */

export type PictureFormat = "png" | "jpeg" | "webp";

/** As it stands in messages. */
export const PICTURE_FORMATS = "PNG, JPEG or WebP";

/** The format a file's first bytes announce, whatever it is called; null for anything else. */
export const sniffFormat = (bytes: Uint8Array): PictureFormat | null => {
  const starts = (offset: number, expected: readonly number[]): boolean =>
    expected.every((byte, i) => bytes[offset + i] === byte);
  if (starts(0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "png";
  if (starts(0, [0xff, 0xd8, 0xff])) return "jpeg";
  const riff = starts(0, [0x52, 0x49, 0x46, 0x46]) && starts(8, [0x57, 0x45, 0x42, 0x50]);
  return riff ? "webp" : null;
};
