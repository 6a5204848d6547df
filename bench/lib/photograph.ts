/** A picture to measure with. It resembles a photograph and depends only on its size. */

/** RGB, row-major, 8 bits, as the packages' `Picture`. */
export interface Photograph {
  readonly width: number;
  readonly height: number;
  readonly channels: 3;
  readonly data: Uint8Array;
}

/** A number in [0, 1) that depends only on a place on a grid and a layer. */
const chance = (x: number, y: number, layer: number): number => {
  let bits = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(layer + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
};

/** Such numbers on a grid of the given step, interpolated smoothly between its points. */
const cloud = (x: number, y: number, step: number, layer: number): number => {
  const column = Math.floor(x / step);
  const row = Math.floor(y / step);
  const ease = (t: number): number => t * t * (3 - 2 * t);
  const right = ease(x / step - column);
  const down = ease(y / step - row);
  const along = (at: number): number =>
    chance(column, at, layer) * (1 - right) + chance(column + 1, at, layer) * right;
  return along(row) * (1 - down) + along(row + 1) * down;
};

/** Brightness, 0 to 1: shapes from the size of a hill to that of a leaf, a fence in front of them, and grain. */
const brightness = (x: number, y: number): number => {
  const shapes = [64, 32, 16, 8, 4].reduce(
    (sum, step, layer) => sum + cloud(x, y, step, layer) / 2 ** (layer + 1),
    0,
  );
  const bar = (x + y * 0.25) % 48 < 5 ? 0.45 : 1;
  return shapes * bar + 0.02 * chance(x, y, 9);
};

/** Width and height in pixels. The same size gives the same bytes everywhere. */
export const photograph = (width: number, height: number): Photograph => {
  const data = new Uint8ClampedArray(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const light = 255 * brightness(x, y);
      const warmth = 40 * (cloud(x, y, 96, 7) - 0.5);
      data[at] = light + warmth;
      data[at + 1] = light;
      data[at + 2] = light - warmth;
    }
  }
  return { width, height, channels: 3, data: new Uint8Array(data.buffer) };
};
