import type { Picture } from "@tadsr/model";
import sharp from "sharp";
import { type FloatPicture, fromBytes, toBytes } from "./float-picture.ts";

/** Compresses to JPEG. Every option that changes pixels is fixed, so only the picture and the quality count. */
export const encodeJpeg = ({ width, height, data }: Picture, quality: number): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({
      quality,
      chromaSubsampling: "4:2:0",
      progressive: false,
      mozjpeg: false,
      trellisQuantisation: false,
      overshootDeringing: false,
      optimiseScans: false,
      quantisationTable: 0,
      // This changes only the Huffman tables, not the pixels; the fixed tables are faster than fitted ones.
      optimiseCoding: false,
    })
    .toBuffer();

/** The picture after JPEG of this quality (a whole number 1..100), with colour at half the resolution. */
export const throughJpeg = async (picture: FloatPicture, quality: number): Promise<FloatPicture> => {
  const { width, height } = picture;
  const data = await sharp(await encodeJpeg(toBytes(picture), quality))
    .raw()
    .toBuffer();
  return fromBytes({ width, height, channels: 3, data });
};
