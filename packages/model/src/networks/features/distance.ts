/**
 * The distance of pictures by their feature maps, in the manner of LPIPS ("The Unreasonable Effectiveness of Deep
 * Features as a Perceptual Metric", Zhang et al. 2018, equation 1).
 */
import type { Algebra } from "@tadsr/core";
import { around } from "../../layers.ts";

/** What each channel of a feature map counts: [1, channels, 1, 1], of kind `convolution`. */
export interface ChannelWeights<T> {
  readonly weight: T;
  readonly channels: number;
}

/**
 * The sum over feature maps of the mean over pixels of the squared difference of unit feature vectors, summed
 * over channels; a scalar. With `linear`, one for each map, each channel's square counts by its weight.
 *
 * The maps come from `channelNorm`: their vectors have mean square 1 over channels, not length 1. So the mean
 * over channels stands for the sum over channels.
 */
export const featureDistance =
  <T>(algebra: Algebra<T>) =>
  (a: readonly T[], b: readonly T[], linear: readonly ChannelWeights<T>[] | null = null): T => {
    const weights = linear ?? a.map(() => null);
    if (a.length !== b.length || a.length !== weights.length)
      throw new Error(`feature distance: ${a.length} maps against ${b.length}, ${weights.length} weights`);
    const terms = a.map((feature, i) => {
      const squares = algebra.square(algebra.subtract(feature, b[i] as T));
      const weighting = weights[i] ?? null;
      if (weighting === null) return algebra.mean(squares);
      const summed = algebra.conv2d(squares, weighting.weight, null, { stride: 1, padding: around(0) });
      return algebra.scale(algebra.mean(summed), 1 / weighting.channels);
    });
    return terms.reduce((sum, term) => algebra.add(sum, term));
  };
