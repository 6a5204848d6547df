/** From the bytes of a picture file to pixels: sRGB, 8 bits, upright, alpha apart. */
import { PICTURE_FORMATS, sniffFormat } from "@tadsr/metadata";
import { COLOURS, type Picture } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";

/** The bytes are none of a whole picture. `message` is one line that names the picture. */
export interface InvalidPictureFile {
  readonly _tag: "InvalidPictureFile";
  readonly message: string;
}

const invalidPictureFile = (message: string): InvalidPictureFile => ({ _tag: "InvalidPictureFile", message });

/** Colour channels and alpha of interleaved pixels; four channels are compacted where they lie. */
const separate = (data: Uint8Array, pixels: number, channels: number): Pick<Picture, "data" | "alpha"> => {
  if (channels === 3) return { data };
  const hasAlpha = channels === 2 || channels === 4;
  const alpha = new Uint8Array(hasAlpha ? pixels : 0);
  const rgb = channels === 4 ? data.subarray(0, 3 * pixels) : new Uint8Array(3 * pixels);
  const isGrey = channels < 3;
  for (let i = 0; i < pixels; i++) {
    const from = i * channels;
    if (hasAlpha) alpha[i] = data[from + channels - 1] as number;
    // In place this reads at or after the position it writes: 4 i >= 3 i.
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = data[from + (isGrey ? 0 : c)] as number;
  }
  return hasAlpha ? { data: rgb, alpha } : { data: rgb };
};

const checkBytes = (name: string, bytes: Uint8Array): E.Either<InvalidPictureFile, Uint8Array> => {
  if (bytes.length === 0) {
    return E.left(
      invalidPictureFile(`${name}: the file is empty (zero bytes); give a ${PICTURE_FORMATS} picture`),
    );
  }
  return sniffFormat(bytes) === null
    ? E.left(
        invalidPictureFile(
          `${name}: this is not a ${PICTURE_FORMATS} picture, whatever its name; convert it to one`,
        ),
      )
    : E.right(bytes);
};

/**
 * Decodes PNG, JPEG or WebP. EXIF orientation is applied; an embedded profile, CMYK, greyscale and
 * 16 bits are converted to 8-bit sRGB; of an animation the first picture is taken. A picture that is
 * cut off or damaged is refused, not filled up with grey.
 */
export const decodePicture = (
  name: string,
  bytes: Uint8Array,
): TE.TaskEither<InvalidPictureFile, Picture> => {
  const checked = checkBytes(name, bytes);
  if (E.isLeft(checked)) return TE.left(checked.left);
  return TE.tryCatch(
    async () => {
      const { default: sharp } = await import("sharp");
      const { data, info } = await sharp(bytes, { failOn: "error" })
        .autoOrient()
        .toColourspace("srgb")
        .raw({ depth: "uchar" })
        .toBuffer({ resolveWithObject: true });
      const { width, height, channels } = info;
      return { width, height, channels: COLOURS, ...separate(data, width * height, channels) };
    },
    (thrown) =>
      invalidPictureFile(
        `${name}: the picture is damaged or cut off (${firstLine(thrown)}); get a whole copy of it`,
      ),
  );
};
