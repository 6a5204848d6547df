/**
 * Exponential, logarithm, power and direction, from +, -, * and / only. So they have the same bits on every machine:
 * `Math.exp` and similar functions may differ in their last bits from one JavaScript engine to another. Relative errors
 * are near 1e-15.
 */

/** x 2^n, by exact products. */
const timesPowerOfTwo = (x: number, n: number): number => {
  let result = x;
  for (let k = 0; k < n; k++) result *= 2;
  for (let k = 0; k > n; k--) result /= 2;
  return result;
};

/** e^x for x from -700 to 700; 0 for smaller x. */
export const exponential = (x: number): number => {
  if (x < -700) return 0;
  const n = Math.round(x / Math.LN2);
  // ln 2 in two parts. The first has so few bits that n times it is exact.
  const r = x - n * 0.6931471803691238 - n * 1.9082149292705877e-10;
  let sum = 1;
  for (let k = 14; k > 0; k--) sum = 1 + (r / k) * sum;
  return timesPowerOfTwo(sum, n);
};

/** ln x for x > 0. */
export const logarithm = (x: number): number => {
  let f = x;
  let exponent = 0;
  for (; f >= Math.SQRT2; exponent++) f /= 2;
  for (; f < Math.SQRT1_2; exponent--) f *= 2;
  // ln f = 2 artanh s.
  const s = (f - 1) / (f + 1);
  const q = s * s;
  let series = 0;
  for (let k = 23; k > 0; k -= 2) series = 1 / k + q * series;
  return exponent * Math.LN2 + 2 * s * series;
};

/** base^exponent for base >= 0 and exponent > 0. */
export const power = (base: number, exponent: number): number =>
  base === 0 ? 0 : exponent === 1 ? base : exponential(exponent * logarithm(base));

const sine = (x: number): number => {
  let sum = 1;
  for (let k = 14; k > 0; k -= 2) sum = 1 - ((x * x) / (k * (k + 1))) * sum;
  return x * sum;
};

const cosine = (x: number): number => {
  let sum = 1;
  for (let k = 13; k > 0; k -= 2) sum = 1 - ((x * x) / (k * (k + 1))) * sum;
  return sum;
};

/** The unit vector at `turn` full turns from the x axis towards the y axis. */
export const direction = (turn: number): readonly [x: number, y: number] => {
  const quarters = Math.round(4 * turn);
  const rest = (turn - quarters / 4) * 2 * Math.PI;
  const [c, s] = [cosine(rest), sine(rest)];
  return [[c, s] as const, [-s, c] as const, [-c, -s] as const, [s, -c] as const][
    ((quarters % 4) + 4) % 4
  ] as readonly [number, number];
};
