/** One number for each pixel, as SSIM and NIQE need. */
import { COLOURS, type Picture, type Rectangle } from "@tadsr/model";

/** The largest 8-bit value. It is used for luma too, although luma does not reach it. */
export const PEAK = 255;

/** Row-major: [height, width]. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array;
}

/** The value of the pixel whose red is at this place in a picture's bytes. */
export type Reading = (bytes: Uint8Array, at: number) => number;

export const red: Reading = (bytes, at) => bytes[at] as number;
export const green: Reading = (bytes, at) => bytes[at + 1] as number;
export const blue: Reading = (bytes, at) => bytes[at + 2] as number;

/**
 * Luma of ITU-R BT.601 in studio swing, 16 to 235: 16 + 65.481 R + 128.553 G + 24.966 B, with colours in 0..1.
 * In thousandths the sum is a whole number, so only one division rounds.
 */
export const luma: Reading = (bytes, at) =>
  16 +
  (65481 * (bytes[at] as number) + 128553 * (bytes[at + 1] as number) + 24966 * (bytes[at + 2] as number)) /
    255_000;

/** The same, rounded to a whole number; a half goes up. */
export const roundedLuma: Reading = (bytes, at) => Math.round(luma(bytes, at));

/** A half goes to the even neighbour. */
const toEven = (value: number): number => {
  const down = Math.floor(value);
  const rest = value - down;
  return rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1;
};

const { fround } = Math;

/** The same with colours and luma rounded to float32 between 0 and 1, as in basicsr's `to_y_channel`. */
export const roundedLumaInSingle: Reading = (bytes, at) => {
  const unit = (colour: number): number => fround((bytes[at + colour] as number) / PEAK);
  const sum = 24.966 * unit(2) + 128.553 * unit(1) + 65.481 * unit(0) + 16;
  return toEven(fround(fround(sum / PEAK) * PEAK));
};

/** The values of a part of the picture. The part must be inside the picture. */
export const planeOf = ({ width, data }: Picture, part: Rectangle, read: Reading): Plane => {
  const plane = new Float64Array(part.width * part.height);
  let to = 0;
  for (let y = part.y; y < part.y + part.height; y++) {
    const row = y * width * COLOURS;
    for (let x = part.x; x < part.x + part.width; x++) plane[to++] = read(data, row + x * COLOURS);
  }
  return { width: part.width, height: part.height, data: plane };
};
