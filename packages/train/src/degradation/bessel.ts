/** The power series, for x below a half, where terms shrink by at least x^2 / 8. */
const nearZero = (x: number): number => {
  const q = (x * x) / 4;
  let sum = 1;
  for (let k = 8; k > 0; k--) sum = 1 - (q / (k * (k + 1))) * sum;
  return (x / 2) * sum;
};

/**
 * J_1(x), the Bessel function of the first kind of order one, for 0 <= x <= 1000, with an absolute error below 1e-14.
 *
 * Miller's algorithm: J_(n-1) = (2n / x) J_n - J_(n+1), downwards from an order where J_n is negligible, scaled so that
 * J_0 + 2 (J_2 + J_4 + ...) = 1. It needs only +, -, * and /, so its bits are the same on every machine.
 */
export const besselJ1 = (x: number): number => {
  if (x < 0.5) return nearZero(x);
  const start = 2 * Math.ceil((x + 4 * Math.sqrt(x) + 30) / 2);
  let above = 0;
  let here = 1e-300;
  let total = 0;
  let first = 0;
  for (let n = start; n > 0; n--) {
    // Here J_n is `here`, not yet scaled.
    if (n % 2 === 0) total += 2 * here;
    if (n === 1) first = here;
    [above, here] = [here, ((2 * n) / x) * here - above];
  }
  return first / (total + here);
};
