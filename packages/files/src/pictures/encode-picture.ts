/** From pixels to the bytes of a picture file. */
import type { PictureFormat } from "@tadsr/metadata";
import type { Picture } from "@tadsr/model";
import type { Sharp } from "sharp";

/** The colours of a picture laid on white, for a format without alpha. */
const laidOnWhite = ({ data, alpha }: Picture): Uint8Array => {
  if (alpha === undefined) return data;
  const result = new Uint8Array(data.length);
  for (let i = 0; i < alpha.length; i++) {
    const a = (alpha[i] as number) / 255;
    for (let c = 3 * i; c < 3 * i + 3; c++) result[c] = Math.round(a * (data[c] as number) + 255 * (1 - a));
  }
  return result;
};

/**
 * A pipeline that ends in `toFile` or `toBuffer`. PNG is lossless. JPEG is written at quality 92 without chroma
 * subsampling, WebP at quality 92. JPEG has no alpha: the picture is laid on white.
 */
export const encoder = async (picture: Picture, format: PictureFormat): Promise<Sharp> => {
  const { default: sharp } = await import("sharp");
  const { width, height, alpha } = picture;
  const pipeline = (data: Uint8Array): Sharp =>
    sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  if (format === "jpeg")
    return pipeline(laidOnWhite(picture)).jpeg({ quality: 92, chromaSubsampling: "4:4:4" });
  const whole =
    alpha === undefined
      ? pipeline(picture.data)
      : pipeline(picture.data).joinChannel(Buffer.from(alpha.buffer, alpha.byteOffset, alpha.length), {
          raw: { width, height, channels: 1 },
          limitInputPixels: false,
        });
  return format === "png" ? whole.png({ compressionLevel: 6 }) : whole.webp({ quality: 92 });
};
