/** Puts pictures beside each other into one picture. */
import type { FloatPicture } from "../float-picture.ts";

/** The white gap between pictures, in pixels. */
const GAP = 4;

/** Rows of pictures, all of one size. */
export const sheet = (rows: readonly (readonly FloatPicture[])[]): FloatPicture => {
  const columns = rows[0]?.length ?? 0;
  const { width: w, height: h } = rows[0]?.[0] ?? { width: 0, height: 0 };
  const [width, height] = [columns * (w + GAP) - GAP, rows.length * (h + GAP) - GAP];
  const data = new Float32Array(width * height * 3).fill(1);
  for (const [row, pictures] of rows.entries())
    for (const [column, picture] of pictures.entries())
      for (let y = 0; y < h; y++) {
        const to = ((row * (h + GAP) + y) * width + column * (w + GAP)) * 3;
        data.set(picture.data.subarray(y * w * 3, (y + 1) * w * 3), to);
      }
  return { width, height, data };
};

/** Each pixel as a square of `factor` pixels. */
export const byNearest = ({ width, height, data }: FloatPicture, factor: number): FloatPicture => {
  const [w, h] = [width * factor, height * factor];
  const result = new Float32Array(w * h * 3);
  let to = 0;
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const from = 3 * (Math.floor(y / factor) * width + Math.floor(x / factor));
      for (let colour = 0; colour < 3; colour++) result[to++] = data[from + colour] as number;
    }
  return { width: w, height: h, data: result };
};
