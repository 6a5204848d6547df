/** The features of a block of normalised luma at one scale. */
import { fitGeneralisedGaussian, meanOfFit } from "./generalised-gaussian.ts";
import { type Precision, ROUNDING } from "./precision.ts";

/** Features of a block at one scale. */
export const FEATURES = 18;

/** Offsets (down, right) of the neighbours that a pixel is multiplied by. */
const NEIGHBOURS = [
  [0, -1],
  [-1, 0],
  [-1, -1],
  [-1, 1],
] as const;

/** Each value times its neighbour. Beyond an edge the block continues at its other side, as in MATLAB's `circshift`. */
const products = (
  block: Float64Array,
  side: number,
  [down, right]: readonly [number, number],
  round: (value: number) => number,
): Float64Array => {
  const result = new Float64Array(block.length);
  for (let y = 0; y < side; y++) {
    const row = ((y + down + side) % side) * side;
    for (let x = 0; x < side; x++)
      result[y * side + x] = round(
        (block[y * side + x] as number) * (block[row + ((x + right + side) % side)] as number),
      );
  }
  return result;
};

/**
 * 18 features of a square block [side, side]. Of its values: shape and mean width. Of the products with the neighbours
 * to the left, above, above left and above right: shape, mean, left and right width. NaN if one side of a distribution
 * is empty, as in a flat block.
 */
export const featuresOfBlock = (
  block: Float64Array,
  side: number,
  precision: Precision,
): readonly number[] => {
  const { shape, left, right } = fitGeneralisedGaussian(block, precision);
  const pairs = NEIGHBOURS.flatMap((neighbour) => {
    const fit = fitGeneralisedGaussian(products(block, side, neighbour, ROUNDING[precision]), precision);
    return [fit.shape, meanOfFit(fit), fit.left, fit.right];
  });
  return [shape, (left + right) / 2, ...pairs];
};
