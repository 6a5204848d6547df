/**
 * The distance of pictures by their feature maps, in the manner of LPIPS ("The Unreasonable Effectiveness of Deep
 * Features as a Perceptual Metric", Zhang et al. 2018, equation 1).
 */
import type { Algebra } from "@tadsr/core";
import { around } from "../../layers.ts";

/** The weight of each channel of a feature map: [1, channels, 1, 1], of kind `convolution`. */
export interface ChannelWeights<T> {
  readonly weight: T;
  readonly channels: number;
}

/**
 * The sum over feature maps of the mean over pixels of the squared difference of unit feature vectors, summed
 * over channels; a scalar.
 *
 * The maps come from `channelNorm`: their vectors have mean square 1 over channels, not length 1. So the mean over
 * channels is taken instead of the sum.
 */
export const featureDistance =
  <T>(algebra: Algebra<T>) =>
  (a: readonly T[], b: readonly T[]): T => {
    if (a.length !== b.length) throw new Error(`feature distance: ${a.length} maps against ${b.length}`);
    return a
      .map((feature, i) => algebra.mean(algebra.square(algebra.subtract(feature, b[i] as T))))
      .reduce((sum, term) => algebra.add(sum, term));
  };

/**
 * For each pair of feature maps [n, h, w, channels]: the weighted sum over channels of the squared difference of unit
 * feature vectors, at every pixel: [n, h, w, 1]. The distance is the sum over maps of their means. The caller takes
 * these means, because engines sum a large map in float32 and lose digits.
 */
export const featureDifferences =
  <T>(algebra: Algebra<T>) =>
  (a: readonly T[], b: readonly T[], weights: readonly ChannelWeights<T>[]): readonly T[] => {
    if (a.length !== b.length || a.length !== weights.length)
      throw new Error(`feature maps: ${a.length} against ${b.length}, with ${weights.length} weights`);
    return weights.map(({ weight, channels }, i) => {
      const squares = algebra.square(algebra.subtract(a[i] as T, b[i] as T));
      const summed = algebra.conv2d(squares, weight, null, { stride: 1, padding: around(0) });
      return algebra.scale(summed, 1 / channels);
    });
  };
