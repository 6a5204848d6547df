/**
 * Pictures as numbers, for the arithmetic of degradations.
 *
 * Pictures are stored as bytes, since there are many, and converted to numbers crop by crop. The arithmetic uses the
 * gamma-coded values and not linear light, as in BasicSR's degradations.
 */
import type { Picture, Rectangle } from "@tadsr/model";
/** RGB, interleaved by rows [height, width, 3], nominal range 0..1 (noise may leave it until it is rounded). */
export interface FloatPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Mirrors an index into 0..size-1, with the edge pixel repeated: -1 becomes 0, size becomes size - 1. */
export const mirror = (index: number, size: number): number => {
  const period = 2 * size;
  const phase = ((index % period) + period) % period;
  return phase < size ? phase : period - 1 - phase;
};

/** One of the eight symmetries of the square: first a transposition, then mirrored columns, then mirrored rows. */
export interface Symmetry {
  readonly transpose: boolean;
  readonly mirrorColumns: boolean;
  readonly mirrorRows: boolean;
}

const upright: Symmetry = { transpose: false, mirrorColumns: false, mirrorRows: false };

/** Bytes as numbers 0..1. */
const units = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** The places of `count` pixels from `from` on in a row or column of `size`, mirrored beyond its ends. */
const placesAlong = (from: number, count: number, size: number, stride: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => stride * mirror(from + i, size));

/**
 * The rectangle of a byte picture as numbers 0..1, then transformed by a symmetry. Pixels outside the picture are
 * mirrored.
 */
export const cropBytes = (
  { width, height, data: bytes }: Picture,
  rectangle: Rectangle,
  { transpose, mirrorColumns, mirrorRows }: Symmetry = upright,
): FloatPicture => {
  const along = placesAlong(rectangle.x, rectangle.width, width, 3);
  const down = placesAlong(rectangle.y, rectangle.height, height, 3 * width);
  const [rows, columns] = transpose ? [along, down] : [down, along];
  if (mirrorRows) rows.reverse();
  if (mirrorColumns) columns.reverse();
  const data = new Float32Array(3 * rows.length * columns.length);
  let to = 0;
  for (let y = 0; y < rows.length; y++) {
    const row = rows[y] as number;
    for (let x = 0; x < columns.length; x++) {
      const at = row + (columns[x] as number);
      data[to++] = units[bytes[at] as number] as number;
      data[to++] = units[bytes[at + 1] as number] as number;
      data[to++] = units[bytes[at + 2] as number] as number;
    }
  }
  return { width: columns.length, height: rows.length, data };
};

/** A rectangle that is inside the picture. */
export const crop = (picture: FloatPicture, { x, y, width, height }: Rectangle): FloatPicture => {
  const data = new Float32Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = 3 * ((y + row) * picture.width + x);
    data.set(picture.data.subarray(from, from + 3 * width), 3 * row * width);
  }
  return { width, height, data };
};

/** Rounds to bytes (a half goes to the even neighbour) and clamps. */
export const toBytes = ({ width, height, data }: FloatPicture): Picture => {
  const bytes = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = 255 * (data[i] as number);
  return { width, height, channels: 3, data: new Uint8Array(bytes.buffer) };
};

/** Bytes as numbers 0..1. */
export const fromBytes = ({ width, height, data: bytes }: Picture): FloatPicture => {
  const data = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) data[i] = units[bytes[i] as number] as number;
  return { width, height, data };
};
