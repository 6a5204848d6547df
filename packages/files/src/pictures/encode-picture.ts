/** From pixels to the bytes of a picture file. */
import type { Sharp } from "sharp";
import type { PictureWithAlpha } from "./decode-picture.ts";
import type { PictureFormat } from "./picture-format.ts";

/** An alpha plane [height, width] enlarged by Lanczos-3, which is sharper than bicubic at cut-out edges. */
export const enlargeAlpha = async (
  alpha: Uint8Array,
  width: number,
  height: number,
  factor: number,
): Promise<Uint8Array> => {
  const { default: sharp } = await import("sharp");
  return sharp(alpha, { raw: { width, height, channels: 1 } })
    .resize(width * factor, height * factor, { fit: "fill", kernel: "lanczos3" })
    .toColourspace("b-w")
    .raw()
    .toBuffer();
};

/** Lays the picture on white, in place, for a format without alpha. */
const flattenOnWhite = (rgb: Uint8Array, alpha: Uint8Array): void => {
  for (let i = 0; i < alpha.length; i++) {
    const a = (alpha[i] ?? 255) / 255;
    for (let c = 3 * i; c < 3 * i + 3; c++) rgb[c] = Math.round(a * (rgb[c] ?? 0) + 255 * (1 - a));
  }
};

/**
 * A pipeline that ends in `toFile` or `toBuffer`. PNG is lossless; JPEG is written at quality 92
 * without chroma subsampling, WebP at quality 92. JPEG has no alpha: the picture is laid on white,
 * and `picture.data` is changed by that.
 */
export const encoder = async (picture: PictureWithAlpha, format: PictureFormat): Promise<Sharp> => {
  const { default: sharp } = await import("sharp");
  const { width, height, data, alpha } = picture;
  if (alpha !== null && format === "jpeg") flattenOnWhite(data, alpha);
  const opaque = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const whole =
    alpha === null || format === "jpeg"
      ? opaque
      : opaque.joinChannel(Buffer.from(alpha.buffer, alpha.byteOffset, alpha.length), {
          raw: { width, height, channels: 1 },
          limitInputPixels: false,
        });
  switch (format) {
    case "png":
      return whole.png({ compressionLevel: 6 });
    case "jpeg":
      return whole.jpeg({ quality: 92, chromaSubsampling: "4:4:4" });
    case "webp":
      return whole.webp({ quality: 92 });
  }
};
