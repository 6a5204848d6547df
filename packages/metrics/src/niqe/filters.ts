/**
 * The two filters of NIQE: local normalisation, and halving. Every result is rounded to 32 bits, as basicsr's are: a flat
 * part is then exactly zero, where float64 leaves rounding errors of either sign, which NIQE counts as values.
 */
import { gaussianTaps } from "../gaussian.ts";
import { PEAK, type Plane } from "../plane.ts";

/** Where a position outside 0..length-1 is taken from. */
type Continued = (position: number, length: number) => number;

/** By its edge pixel without end. */
const byItsEdge: Continued = (position, length) => Math.min(length - 1, Math.max(0, position));

/** Mirrored at its edge, which is repeated. */
const mirrored: Continued = (position, length) =>
  position < 0 ? -1 - position : position >= length ? 2 * length - 1 - position : position;

interface Filter {
  readonly taps: Float64Array;
  /** From a result's position times `step` to its first tap's. */
  readonly first: number;
  readonly step: number;
  readonly continued: Continued;
}

/** Filters along rows, and turns the result over: [width / step, height]. Twice, it has filtered both ways. */
const alongRows = ({ width, height, data }: Plane, { taps, first, step, continued }: Filter): Plane => {
  const length = width / step;
  const result = new Float64Array(length * height);
  const positions = Int32Array.from({ length: length * taps.length }, (_, i) =>
    continued(Math.floor(i / taps.length) * step + first + (i % taps.length), width),
  );
  for (let y = 0; y < height; y++)
    for (let x = 0; x < length; x++) {
      let sum = 0;
      for (let k = 0; k < taps.length; k++)
        sum += (taps[k] as number) * (data[y * width + (positions[x * taps.length + k] as number)] as number);
      result[x * height + y] = sum;
    }
  return { width: height, height: length, data: result };
};

const inSingle = (data: Float64Array): Float64Array => data.map(Math.fround);

const filtered = (plane: Plane, filter: Filter): Plane => {
  const { width, height, data } = alongRows(alongRows(plane, filter), filter);
  return { width, height, data: inSingle(data) };
};

/** The published window, [7, 7], is the product of these to the last bit but one. */
const LOCAL: Filter = { taps: gaussianTaps(7, 7 / 6), first: -3, step: 1, continued: byItsEdge };

/** (I - mu) / (sigma + 1), where mu and sigma are of a Gaussian window around each pixel (Eq 1 of NIQE's paper). */
export const locallyNormalised = (plane: Plane): Plane => {
  const { width, height, data } = plane;
  const means = filtered(plane, LOCAL).data;
  const ofSquares = { width, height, data: inSingle(data.map((value) => value * value)) };
  const squares = filtered(ofSquares, LOCAL).data;
  const normalised = data.map((value, i) => {
    const mean = means[i] as number;
    const variance = Math.fround((squares[i] as number) - Math.fround(mean * mean));
    const deviation = Math.fround(Math.sqrt(Math.abs(variance)));
    return Math.fround(Math.fround(value - mean) / Math.fround(deviation + 1));
  });
  return { width, height, data: normalised };
};

/** Keys's cubic of a = -0.5, MATLAB's, at these distances from its centre. */
const cubic = (distance: number): number => {
  const d = Math.abs(distance);
  return d <= 1 ? 1.5 * d ** 3 - 2.5 * d ** 2 + 1 : -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2;
};

/** Twice as wide, since it smooths for half the size: eight taps around the middle between two pixels. */
const HALVING: Filter = {
  taps: Float64Array.from({ length: 8 }, (_, i) => cubic((i - 3.5) / 2) / 2),
  first: -3,
  step: 2,
  continued: mirrored,
};

/**
 * MATLAB's `imresize(plane, 0.5)`: bicubic, with antialiasing. Sides must be even. Values go to 0..1 and back, since
 * basicsr's do, and so are rounded as its own.
 */
export const halved = ({ width, height, data }: Plane): Plane => {
  const unit = { width, height, data: inSingle(data.map((value) => value / PEAK)) };
  const half = filtered(unit, HALVING);
  return { width: half.width, height: half.height, data: inSingle(half.data.map((value) => value * PEAK)) };
};
