/**
 * Sharp's bicubic interpolation to four times the size, from RGB bytes to RGB bytes.
 *
 * Settings: `side` (of the picture, in pixels).
 */
import * as TE from "fp-ts/lib/TaskEither.js";
import sharp from "sharp";
import type { Contender } from "../lib/contender.ts";
import { photograph } from "../lib/photograph.ts";

export const contender: Contender = ({ side = "256" }) => {
  const { width, height, channels, data } = photograph(Number(side), Number(side));
  return TE.right({
    run: () =>
      sharp(data, { raw: { width, height, channels } })
        .resize(width * 4, height * 4, { fit: "fill", kernel: "cubic" })
        .raw()
        .toBuffer(),
  });
};
