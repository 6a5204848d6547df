/**
 * Pictures as numbers, for the arithmetic of degradations.
 *
 * Pictures rest as bytes (they are many) and are made into numbers crop by crop. The arithmetic is done on
 * the gamma-coded values, as in the degradations of the field, not in linear light.
 */

/** RGB, interleaved by rows [height, width, 3], nominal range 0..1 (noise may leave it until it is rounded). */
export interface FloatPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** RGB bytes, interleaved by rows [height, width, 3]. */
export interface BytePicture {
  readonly width: number;
  readonly height: number;
  readonly channels: 3;
  readonly data: Uint8Array;
}

/** A rectangle in pixels; it may reach beyond the picture where a function says so. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Mirrors an index into 0..size-1, the edge pixel repeated: -1 is 0, size is size - 1. */
export const mirror = (index: number, size: number): number => {
  const period = 2 * size;
  const phase = ((index % period) + period) % period;
  return phase < size ? phase : period - 1 - phase;
};

/** The rectangle of a byte picture as numbers 0..1; what lies outside the picture is mirrored. */
export const cropBytes = (picture: BytePicture, { x, y, width, height }: Rectangle): FloatPicture => {
  const data = new Float32Array(width * height * 3);
  const columns = Int32Array.from({ length: width }, (_, i) => 3 * mirror(x + i, picture.width));
  let to = 0;
  for (let row = 0; row < height; row++) {
    const from = 3 * picture.width * mirror(y + row, picture.height);
    for (let i = 0; i < width; i++) {
      const at = from + (columns[i] as number);
      data[to++] = (picture.data[at] as number) / 255;
      data[to++] = (picture.data[at + 1] as number) / 255;
      data[to++] = (picture.data[at + 2] as number) / 255;
    }
  }
  return { width, height, data };
};

/** A rectangle that lies inside the picture. */
export const crop = (picture: FloatPicture, { x, y, width, height }: Rectangle): FloatPicture => {
  const data = new Float32Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = 3 * ((y + row) * picture.width + x);
    data.set(picture.data.subarray(from, from + 3 * width), 3 * row * width);
  }
  return { width, height, data };
};

/** One of the eight symmetries of the square: a transposition first, then mirrored columns, then mirrored rows. */
export interface Symmetry {
  readonly transpose: boolean;
  readonly mirrorColumns: boolean;
  readonly mirrorRows: boolean;
}

/** Applies a symmetry of the square. */
export const applySymmetry = (
  picture: FloatPicture,
  { transpose, mirrorColumns, mirrorRows }: Symmetry,
): FloatPicture => {
  const [width, height] = transpose ? [picture.height, picture.width] : [picture.width, picture.height];
  const data = new Float32Array(picture.data.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const v = mirrorRows ? height - 1 - y : y;
    for (let x = 0; x < width; x++) {
      const u = mirrorColumns ? width - 1 - x : x;
      const from = 3 * (transpose ? u * picture.width + v : v * picture.width + u);
      data[to++] = picture.data[from] as number;
      data[to++] = picture.data[from + 1] as number;
      data[to++] = picture.data[from + 2] as number;
    }
  }
  return { width, height, data };
};

/** Rounds to bytes (a half to the even neighbour), clamped. */
export const toBytes = ({ width, height, data }: FloatPicture): BytePicture => {
  const bytes = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = 255 * (data[i] as number);
  return { width, height, channels: 3, data: new Uint8Array(bytes.buffer) };
};

/** Bytes as numbers 0..1. */
export const fromBytes = ({ width, height, data: bytes }: BytePicture): FloatPicture => {
  const data = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) data[i] = (bytes[i] as number) / 255;
  return { width, height, data };
};
