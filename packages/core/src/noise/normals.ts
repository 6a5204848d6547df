/**
 * Normals from words, with +, -, *, / and a correctly rounded square root only: the last bits of `Math.log` and
 * `Math.cos` may differ from one JavaScript engine to another.
 */

/** A constant of this file, so that the compiler can fold it. */
const TWO_32 = 2 ** 32;

/** 2^0 .. 2^32. */
const POWERS = Float64Array.from({ length: 33 }, (_, zeros) => (zeros === 32 ? TWO_32 : (1 << zeros) >>> 0));

/**
 * -2 ln((2 word + 1) / 2^33): the argument is f 2^exponent with f in [1/sqrt 2, sqrt 2), and
 * ln f = 2 artanh s, s = (f - 1) / (f + 1), whose series ends below float64's resolution.
 */
const minusTwoLog = (word: number): number => {
  const zeros = Math.clz32(word);
  let f = ((2 * word + 1) / (2 * TWO_32)) * (POWERS[zeros] as number);
  let exponent = -zeros;
  if (f < Math.SQRT1_2) {
    f *= 2;
    exponent -= 1;
  }
  const s = (f - 1) / (f + 1);
  const q = s * s;
  const beyond = 1 / 13 + q * (1 / 15 + q * (1 / 17 + q * (1 / 19 + q * (1 / 21 + q * (1 / 23)))));
  const series = 1 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9 + q * (1 / 11 + q * beyond)))));
  return -2 * (exponent * Math.LN2 + 2 * s * series);
};

/** sin x for |x| <= pi/4, by its series. */
const sine = (x: number): number => {
  const q = x * x;
  const beyond = 1 / 362880 + q * (-1 / 39916800 + q * (1 / 6227020800 + q * (-1 / 1307674368000)));
  return x * (1 + q * (-1 / 6 + q * (1 / 120 + q * (-1 / 5040 + q * beyond))));
};

/** cos x for |x| <= pi/4, by its series. */
const cosine = (x: number): number => {
  const q = x * x;
  const end = -1 / 3628800 + q * (1 / 479001600 + q * (-1 / 87178291200 + q * (1 / 20922789888000)));
  return 1 + q * (-1 / 2 + q * (1 / 24 + q * (-1 / 720 + q * (1 / 40320 + q * end))));
};

/** The normals of an even number of words, by Box-Muller in pairs. */
export const fillNormals = (result: Float64Array | Float32Array, words: Uint32Array): void => {
  for (let i = 0; i < words.length; i += 2) {
    const angle = words[i + 1] as number;
    const r = Math.sqrt(minusTwoLog(words[i] as number));
    // The angle is a whole number of quarter turns plus a rest of at most an eighth of a turn.
    const quarters = ((angle + 0x20000000) >>> 30) & 3;
    const x = ((angle - quarters * 0x40000000) | 0) * ((2 * Math.PI) / TWO_32);
    const sign = quarters < 2 ? r : -r;
    const [s, c] = [sine(x), cosine(x)];
    const isTurned = (quarters & 1) === 1;
    result[i] = sign * (isTurned ? -s : c);
    result[i + 1] = sign * (isTurned ? c : s);
  }
};
