/** NIQE, the natural image quality evaluator (Mittal, Soundararajan and Bovik 2013). */
import type { Picture } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { sizeOf } from "../comparable.ts";
import { type MetricError, notFinite, tooSmall } from "../errors.ts";
import { type Plane, planeOf, roundedLuma, roundedLumaInSingle } from "../plane.ts";
import { covarianceOf } from "../statistics.ts";
import { FEATURES, featuresOfBlock } from "./block-features.ts";
import { halved, locallyNormalised } from "./filters.ts";
import { NATURAL_COVARIANCE, NATURAL_MEAN } from "./parameters.ts";
import type { Precision } from "./precision.ts";

/** Side of a block at the first scale; at the second scale it is half as large. */
export const NIQE_BLOCK = 96;

export interface NiqeOptions {
  /** Precision of the first scale; "double" if left out. */
  readonly precision?: Precision;
}

const blockOf = ({ width, data }: Plane, across: number, down: number, side: number): Float64Array => {
  const block = new Float64Array(side * side);
  for (let y = 0; y < side; y++) {
    const start = (down * side + y) * width + across * side;
    block.set(data.subarray(start, start + side), y * side);
  }
  return block;
};

/** Features of each whole block at one scale: [blocks, 18]. */
const featuresAt = (plane: Plane, side: number, precision: Precision): readonly (readonly number[])[] => {
  const normalised = locallyNormalised(plane, precision);
  const [across, down] = [plane.width / side, plane.height / side];
  return Array.from({ length: across * down }, (_, i) =>
    featuresOfBlock(blockOf(normalised, i % across, Math.floor(i / across), side), side, precision),
  );
};

/** The mean of a feature over the blocks in which it is a number. */
const meanOver = (blocks: readonly (readonly number[])[], feature: number): number => {
  const known = blocks.map((features) => features[feature] as number).filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
};

const naturalCovariance = (row: number, column: number): number => {
  const [high, low] = [Math.max(row, column), Math.min(row, column)];
  return NATURAL_COVARIANCE[(high * (high + 1)) / 2 + low] as number;
};

/**
 * How far the picture's features are from those of natural photographs: the Mahalanobis distance between two means,
 * with the mean of two covariances (Eq 10). At least 0; lower is more natural. Noise lowers it too, and so do sharp
 * patterns that are not in the original. So never read it alone.
 *
 * Computed as in basicsr 1.4.2: luma of BT.601, rounded; the picture cut at right and bottom to whole blocks of 96x96;
 * two scales, the second by MATLAB's bicubic in float32; the published parameters. With "double" the first scale is in
 * float64, as in MATLAB and in basicsr's `niqe` with luma in float64. With "single" the result is that of basicsr's
 * `calculate_niqe`.
 *
 * Errors: `TooSmall` if there are fewer than two blocks; `NotFinite` if fewer than two blocks have texture, because
 * then there is no covariance.
 */
export const niqe = (
  picture: Picture,
  { precision = "double" }: NiqeOptions = {},
): E.Either<MetricError, number> => {
  const [across, down] = [Math.floor(picture.width / NIQE_BLOCK), Math.floor(picture.height / NIQE_BLOCK)];
  if (across * down < 2)
    return E.left(
      tooSmall(
        `the picture is ${sizeOf(picture)}, and NIQE needs at least two blocks of ${NIQE_BLOCK}x${NIQE_BLOCK}; take a larger picture`,
      ),
    );
  const part = { x: 0, y: 0, width: across * NIQE_BLOCK, height: down * NIQE_BLOCK };
  const plane = planeOf(picture, part, precision === "double" ? roundedLuma : roundedLumaInSingle);
  const second = featuresAt(halved(plane), NIQE_BLOCK / 2, "single");
  const blocks = featuresAt(plane, NIQE_BLOCK, precision).map((first, i) => [...first, ...(second[i] ?? [])]);
  const whole = blocks.filter((features) => !features.some(Number.isNaN));
  if (whole.length < 2)
    return E.left(
      notFinite(
        `${blocks.length - whole.length} of ${blocks.length} blocks are flat, and NIQE needs at least two with texture; take another picture`,
      ),
    );
  const own = covarianceOf(whole);
  // The natural covariance has full rank, so the pseudo-inverse that others use equals the inverse.
  const covariance = Matrix.zeros(2 * FEATURES, 2 * FEATURES);
  const difference = Matrix.columnVector(NATURAL_MEAN.map((natural, i) => natural - meanOver(blocks, i)));
  for (let row = 0; row < covariance.rows; row++)
    for (let column = 0; column < covariance.columns; column++)
      covariance.set(row, column, (naturalCovariance(row, column) + own.get(row, column)) / 2);
  const solved = new CholeskyDecomposition(covariance).solve(difference);
  return E.right(Math.sqrt(difference.dot(solved)));
};
