/** The two filters of NIQE: local normalisation, and halving. */
import { PEAK, type Plane } from "../plane.ts";
import { LOCAL_WINDOW } from "./parameters.ts";
import { type Precision, ROUNDING } from "./precision.ts";

/** Maps a position outside 0..length-1 to one inside. */
type Continued = (position: number, length: number) => number;

/** Repeats the edge pixel without end. */
const byItsEdge: Continued = (position, length) => Math.min(length - 1, Math.max(0, position));

/** Mirrors at the edge; the edge pixel is repeated. */
const mirrored: Continued = (position, length) =>
  position < 0 ? -1 - position : position >= length ? 2 * length - 1 - position : position;

const { fround } = Math;

/** Halves columns: [height / 2, width]. Every product and sum is rounded to float32, in the order of the taps. */
const halvedColumns = ({ width, height, data }: Plane): Plane => {
  const half = height / 2;
  const result = new Float64Array(width * half);
  for (let y = 0; y < half; y++)
    for (const [k, tap] of HALVING.entries()) {
      const from = mirrored(2 * y + k - HALVING_REACH, height) * width;
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        result[at] = fround((result[at] as number) + fround(tap * (data[from + x] as number)));
      }
    }
  return { width, height: half, data: result };
};

const turnedOver = ({ width, height, data }: Plane): Plane => ({
  width: height,
  height: width,
  data: Float64Array.from(
    { length: data.length },
    (_, i) => data[(i % height) * width + Math.floor(i / height)] as number,
  ),
});

/** How many pixels the local window extends on each side. */
const REACH = 3;

/** Mean under the local window around each pixel; edge pixels are repeated. Terms are added in the order of rows. */
const localMeans = ({ width, height, data }: Plane, round: (value: number) => number): Float64Array => {
  const side = 2 * REACH + 1;
  const fold = (i: number): number => Math.min(i, side - 1 - i);
  const taps = Float64Array.from(
    { length: side * side },
    (_, i) => LOCAL_WINDOW[fold(Math.floor(i / side))]?.[fold(i % side)] as number,
  );
  const wide = width + 2 * REACH;
  const padded = new Float64Array(wide * (height + 2 * REACH));
  for (let y = 0; y < height + 2 * REACH; y++) {
    const row = byItsEdge(y - REACH, height) * width;
    for (let x = 0; x < wide; x++) padded[y * wide + x] = data[row + byItsEdge(x - REACH, width)] as number;
  }
  const result = new Float64Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0, tap = 0; k < side; k++) {
        const from = (y + k) * wide + x;
        for (let l = 0; l < side; l++) sum += (padded[from + l] as number) * (taps[tap++] as number);
      }
      result[y * width + x] = round(sum);
    }
  return result;
};

/** (I - mu) / (sigma + 1), where mu and sigma are of a Gaussian window around each pixel (Eq 1 of NIQE's paper). */
export const locallyNormalised = (plane: Plane, precision: Precision): Plane => {
  const { width, height, data } = plane;
  const round = ROUNDING[precision];
  const means = localMeans(plane, round);
  const squares = localMeans({ width, height, data: data.map((value) => round(value * value)) }, round);
  const normalised = data.map((value, i) => {
    const mean = means[i] as number;
    const variance = round((squares[i] as number) - round(mean * mean));
    const deviation = round(Math.sqrt(Math.abs(variance)));
    return round(round(value - mean) / round(deviation + 1));
  });
  return { width, height, data: normalised };
};

/** Keys's cubic of a = -0.5, MATLAB's, at these distances from its centre. */
const cubic = (distance: number): number => {
  const d = Math.abs(distance);
  return d <= 1 ? 1.5 * d ** 3 - 2.5 * d ** 2 + 1 : -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2;
};

/**
 * Twice as wide, because it also smooths for half the size: eight taps around a middle between two pixels, exact in
 * float32.
 */
const HALVING: readonly number[] = Array.from({ length: 8 }, (_, i) => cubic((i - 3.5) / 2) / 2);

/** Offsets of the taps from twice a result's position, in ascending order. */
const HALVING_REACH = 3;

/**
 * MATLAB's `imresize(plane, 0.5)`: bicubic with antialiasing, columns first. Sides must be even. Values are scaled to
 * 0..1 and back and rounded to float32, as in basicsr. There, PyTorch adds the terms along rows in an order that
 * depends on the processor. So the last bits are uncertain in basicsr itself, and NIQE with them by about 1e-4.
 */
export const halved = ({ width, height, data }: Plane): Plane => {
  const unit = { width, height, data: data.map((value) => fround(value / PEAK)) };
  const half = turnedOver(halvedColumns(turnedOver(halvedColumns(unit))));
  return { ...half, data: half.data.map((value) => fround(value * PEAK)) };
};
