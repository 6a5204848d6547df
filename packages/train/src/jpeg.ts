import sharp from "sharp";
import { type BytePicture, type FloatPicture, fromBytes, toBytes } from "./float-picture.ts";

/** Compresses to JPEG. Every option that touches a pixel is pinned, so only the picture and the quality count. */
export const encodeJpeg = ({ width, height, data }: BytePicture, quality: number): Promise<Buffer> =>
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
      // Huffman tables only: the same pixels; the fixed tables are quicker than fitted ones.
      optimiseCoding: false,
    })
    .toBuffer();

/** The picture after JPEG of this quality (1..100, a whole number), colour at half resolution. */
export const throughJpeg = async (picture: FloatPicture, quality: number): Promise<FloatPicture> => {
  const { width, height } = picture;
  const data = await sharp(await encodeJpeg(toBytes(picture), quality))
    .raw()
    .toBuffer();
  return fromBytes({ width, height, channels: 3, data });
};
