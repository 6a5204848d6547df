import { type FloatPicture, mirror } from "./float-picture.ts";

/**
 * Gaussian blur of any orientation in three one-dimensional passes, without interpolation.
 *
 * A covariance matrix is a sum of at most three matrices w v vᵀ with w > 0 and integer v (Selling's
 * decomposition), and the variances of convolved kernels add up: so a pass along each direction v, with a
 * one-dimensional kernel of variance w, gives the covariance exactly. The one-dimensional kernel is the
 * discrete Gaussian exp(-w) I_n(w) (Lindeberg 1990), whose variance is w however small w is; a sampled
 * Gaussian's is not below about half a pixel.
 */
export interface GaussianBlur {
  /** Standard deviation in pixels along the direction `angle`. */
  readonly sigmaAlong: number;
  /** Standard deviation in pixels across it. */
  readonly sigmaAcross: number;
  /** Radians from the x axis towards the y axis. */
  readonly angle: number;
}

/** A pass: variance `variance` in steps of (dx, dy). */
export interface BlurPass {
  readonly dx: number;
  readonly dy: number;
  readonly variance: number;
}

/** Passes of less variance than this change no 8-bit value. */
const negligibleVariance = 1e-4;

/** What may be cut from both tails of a kernel together. */
const negligibleTail = 2e-4;

type Vector = readonly [number, number];

/** Selling's decomposition of the blur's covariance; at most three passes. */
export const blurPasses = ({ sigmaAlong, sigmaAcross, angle }: GaussianBlur): readonly BlurPass[] => {
  // Engines differ in the last bits of sines; rounded to single precision they agree.
  const [cos, sin] = [Math.fround(Math.cos(angle)), Math.fround(Math.sin(angle))];
  const [p, q] = [sigmaAlong * sigmaAlong, sigmaAcross * sigmaAcross];
  const a = p * cos * cos + q * sin * sin;
  const b = (p - q) * cos * sin;
  const c = p * sin * sin + q * cos * cos;
  const product = (u: Vector, v: Vector): number =>
    a * u[0] * v[0] + b * (u[0] * v[1] + u[1] * v[0]) + c * u[1] * v[1];
  // Rounding leaves products of about 1e-16 where the exact value is 0; they must not keep the loop going.
  const positive = 1e-12 * (a + c);
  const reduce = (e: Vector, f: Vector, g: Vector): readonly [Vector, Vector, Vector] => {
    const pairs: readonly (readonly [Vector, Vector])[] = [
      [e, f],
      [f, g],
      [g, e],
    ];
    const obtuse = pairs.find(([u, v]) => product(u, v) > positive);
    if (obtuse === undefined) return [e, f, g];
    const [u, v] = obtuse;
    return reduce([-u[0], -u[1]], v, [u[0] - v[0], u[1] - v[1]]);
  };
  const [e, f, g] = reduce([1, 0], [0, 1], [-1, -1]);
  const pass = (u: Vector, v: Vector, w: Vector): BlurPass => ({
    dx: -w[1],
    dy: w[0],
    variance: -product(u, v),
  });
  return [pass(e, f, g), pass(f, g, e), pass(g, e, f)].filter((one) => one.variance > negligibleVariance);
};

/** The right half, centre first, of the discrete Gaussian of this variance; centre + 2 * the rest = 1. */
export const discreteGaussian = (variance: number): Float64Array => {
  // Miller's downward recurrence I_(n-1) = I_(n+1) + (2n / w) I_n from an order where I_n is negligible.
  const order = Math.ceil(12 + 6 * Math.sqrt(variance) + variance);
  const bessel = new Float64Array(order + 2);
  bessel[order] = 1e-250;
  for (let n = order; n > 0; n--) {
    bessel[n - 1] = (bessel[n + 1] as number) + ((2 * n) / variance) * (bessel[n] as number);
  }
  const total = bessel.reduce((sum, value, n) => sum + (n === 0 ? value : 2 * value), 0);
  let radius = 0;
  let kept = bessel[0] as number;
  while (kept < (1 - negligibleTail) * total) kept += 2 * (bessel[++radius] as number);
  return bessel.slice(0, radius + 1).map((value) => value / kept);
};

/** A row of the picture, shifted and mirrored at its ends, times a weight, added to a row of the result. */
interface ShiftedRow {
  readonly data: Float32Array;
  readonly rowAt: number;
  readonly shift: number;
  readonly weight: number;
}

const addMirrored = (
  out: Float32Array,
  outAt: number,
  width: number,
  { data, rowAt, shift, weight }: ShiftedRow,
  [first, end]: readonly [number, number],
): void => {
  for (let x = first; x < end; x++) {
    const from = rowAt + 3 * mirror(x + shift, width);
    const at = outAt + 3 * x;
    for (let channel = 0; channel < 3; channel++) {
      out[at + channel] = (out[at + channel] as number) + weight * (data[from + channel] as number);
    }
  }
};

const addShifted = (out: Float32Array, outAt: number, width: number, row: ShiftedRow): void => {
  const { data, rowAt, shift, weight } = row;
  const first = Math.min(width, Math.max(0, -shift));
  const end = Math.max(first, Math.min(width, width - shift));
  addMirrored(out, outAt, width, row, [0, first]);
  const offset = rowAt - outAt + 3 * shift;
  for (let at = outAt + 3 * first; at < outAt + 3 * end; at++) {
    out[at] = (out[at] as number) + weight * (data[at + offset] as number);
  }
  addMirrored(out, outAt, width, row, [end, width]);
};

const blurAlong = ({ width, height, data }: FloatPicture, { dx, dy, variance }: BlurPass): FloatPicture => {
  const kernel = discreteGaussian(variance);
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let k = 1 - kernel.length; k < kernel.length; k++) {
      const rowAt = 3 * width * mirror(y + k * dy, height);
      const weight = kernel[Math.abs(k)] as number;
      addShifted(out, 3 * width * y, width, { data, rowAt, shift: k * dx, weight });
    }
  }
  return { width, height, data: out };
};

/** Blurs; beyond its edges the picture is mirrored. A constant picture stays what it is. */
export const gaussianBlur = (picture: FloatPicture, blur: GaussianBlur): FloatPicture =>
  blurPasses(blur).reduce(blurAlong, picture);
