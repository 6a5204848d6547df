import { type FloatPicture, mirror } from "./float-picture.ts";

/**
 * Gaussian blur of any orientation in three one-dimensional passes, without interpolation.
 *
 * A covariance matrix is a sum of at most three matrices w v vᵀ with w > 0 and integer v (Selling's decomposition), and
 * the variances of convolved kernels add up. So one pass along each direction v, with a one-dimensional kernel of
 * variance w, gives the covariance exactly. The one-dimensional kernel is the discrete Gaussian exp(-w) I_n(w)
 * (Lindeberg 1990), whose variance is w even if w is small. A sampled Gaussian has the wrong variance below about half
 * a pixel.
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

/** A pass with less variance than this changes no 8-bit value. */
const negligibleVariance = 1e-4;

/** The weight that may be cut from both tails of a kernel together. */
const negligibleTail = 2e-4;

type Vector = readonly [number, number];

/** Selling's decomposition of the blur's covariance; at most three passes. */
export const blurPasses = ({ sigmaAlong, sigmaAcross, angle }: GaussianBlur): readonly BlurPass[] => {
  // JavaScript engines differ in the last bits of sines. Rounded to single precision they agree.
  const [cos, sin] = [Math.fround(Math.cos(angle)), Math.fround(Math.sin(angle))];
  const [p, q] = [sigmaAlong * sigmaAlong, sigmaAcross * sigmaAcross];
  const a = p * cos * cos + q * sin * sin;
  const b = (p - q) * cos * sin;
  const c = p * sin * sin + q * cos * cos;
  const product = (u: Vector, v: Vector): number =>
    a * u[0] * v[0] + b * (u[0] * v[1] + u[1] * v[0]) + c * u[1] * v[1];
  // Rounding leaves products of about 1e-16 where the exact value is 0. They must not keep the loop running.
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

/** The right half of the discrete Gaussian of this variance, centre first. centre + 2 * the others = 1. */
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

/** The values with a mirrored border of `across` columns and `down` rows on each side, and then `spare` zeros. */
export const bordered = (
  { width, height, data }: FloatPicture,
  across: number,
  down: number,
  spare = 0,
): Float32Array => {
  const stride = 3 * (width + 2 * across);
  const result = new Float32Array(stride * (height + 2 * down) + spare);
  for (let y = -down; y < height + down; y++) {
    const from = 3 * width * mirror(y, height);
    const to = stride * (y + down) + 3 * across;
    result.set(data.subarray(from, from + 3 * width), to);
    for (let i = 0; i < 2 * across; i++) {
      const x = i < across ? i - across : i - across + width;
      const source = from + 3 * mirror(x, width);
      for (let channel = 0; channel < 3; channel++)
        result[to + 3 * x + channel] = data[source + channel] as number;
    }
  }
  return result;
};

const blurAlong = (picture: FloatPicture, { dx, dy, variance }: BlurPass): FloatPicture => {
  const { width, height } = picture;
  const kernel = discreteGaussian(variance);
  const radius = kernel.length - 1;
  const centre = kernel[0] as number;
  const across = radius * Math.abs(dx);
  const down = radius * Math.abs(dy);
  const source = bordered(picture, across, down);
  const stride = 3 * (width + 2 * across);
  // In the bordered picture a step along the direction is the same distance everywhere.
  const step = stride * dy + 3 * dx;
  const data = new Float32Array(picture.data.length);
  for (let y = 0, to = 0; y < height; y++) {
    const start = stride * (y + down) + 3 * across;
    for (let at = start; at < start + 3 * width; at++, to++) {
      let sum = centre * (source[at] as number);
      for (let k = 1, away = step; k <= radius; k++, away += step)
        sum += (kernel[k] as number) * ((source[at - away] as number) + (source[at + away] as number));
      data[to] = sum;
    }
  }
  return { width, height, data };
};

/** Blurs. Beyond its edges the picture is mirrored. A constant picture does not change. */
export const gaussianBlur = (picture: FloatPicture, blur: GaussianBlur): FloatPicture =>
  blurPasses(blur).reduce(blurAlong, picture);
