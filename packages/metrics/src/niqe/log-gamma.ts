/** Coefficients of Stirling's series in x (DLMF 5.11.1): B_2k / (2k (2k - 1)), for k from 1. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156] as const;

/** From here on the first omitted term of the series is below 1e-16. */
const FAR = 12;

/**
 * The logarithm of the gamma function of x > 0, to about 1e-14. Gamma(x) = Gamma(x + 1) / x until x is large, then
 * Stirling's series.
 */
export const logGamma = (x: number): number => {
  let product = 1;
  let far = x;
  for (; far < FAR; far++) product *= far;
  const series = STIRLING.reduceRight((sum, term) => sum / (far * far) + term, 0) / far;
  return (far - 0.5) * Math.log(far) - far + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
};
