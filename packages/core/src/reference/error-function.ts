/** The normal distribution function in float64, which JavaScript's Math lacks. */

/** Below this the series converges within about sixty terms; above it the continued fraction does. */
const BORDER = 3;

/** erf(x) = 2 / sqrt(pi) e^(-x^2) (x + 2 x^3 / 3 + 4 x^5 / 15 + ...), for small x >= 0: no terms cancel each other. */
const series = (x: number): number => {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
};

/** erfc(x) = e^(-x^2) / sqrt(pi) / (x + (1/2) / (x + (2/2) / (x + (3/2) / ...))), for large x, innermost term first. */
const fraction = (x: number): number => {
  let tail = x;
  for (let n = 60; n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
};

const upperTail = (x: number): number => (x < BORDER ? 1 - series(x) : fraction(x));

/** Phi(x): the probability that a standard normal number is below x. */
export const normalDistribution = (x: number): number => {
  const magnitude = Math.abs(x) / Math.SQRT2;
  const tail = upperTail(magnitude) / 2;
  return x < 0 ? tail : 1 - tail;
};
