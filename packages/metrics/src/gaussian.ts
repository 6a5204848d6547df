/** The taps of a Gaussian, an odd number of them, which sum to 1. */
export const gaussianTaps = (length: number, sigma: number): Float64Array => {
  const middle = (length - 1) / 2;
  const taps = Float64Array.from({ length }, (_, i) => Math.exp(-((i - middle) ** 2) / (2 * sigma * sigma)));
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
};
