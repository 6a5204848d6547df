/** Numbers in half precision, IEEE 754's binary16: a sign, 5 bits of the exponent, 10 of the mantissa. */

const SIGN = 0x8000;
const INFINITE = 0x7c00;
const NOT_A_NUMBER = 0x7e00;

/** The exponent of the smallest normal number. Smaller numbers have the same distance between neighbours. */
const LEAST_EXPONENT = -14;
/** From here on numbers round to infinity: the middle between the largest number and the next power of two. */
const TOO_LARGE = 65_520;

/** By the exponent, from -14 to 15: how many steps between neighbours there are in 1. */
const STEPS = Float64Array.from({ length: 30 }, (_, i) => 2 ** (24 - i));

/** A float64 of this size has no digits after the point: adding it rounds to a whole number, ties to the even one. */
const WHOLE = 2 ** 52;

/** Room for a float32, to see its bits. */
const ROOM = new Float32Array(1);
const BITS = new Uint32Array(ROOM.buffer);

/** The 16 bits of the nearest half; if two are equally near, of the even one. Too large numbers become infinite. */
export const toHalf = (value: number): number => {
  ROOM[0] = value;
  const bits = BITS[0] as number;
  const sign = (bits >>> 16) & SIGN;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return NOT_A_NUMBER;
  if (size >= TOO_LARGE) return sign | INFINITE;
  // If rounding to float32 reached the next power of two, so does rounding to half.
  const binade = Math.max(((bits >>> 23) & 0xff) - 127 - LEAST_EXPONENT, 0);
  const steps = size * (STEPS[binade] as number) + WHOLE - WHOLE;
  // A normal number's 1024 steps before its binade count as 1 in the exponent, and so does a carry.
  return sign | ((binade << 10) + steps);
};

/** The number that 16 bits mean. */
export const fromHalf = (half: number): number => {
  const [sign, exponent, mantissa] = [(half & SIGN) === 0 ? 1 : -1, (half >>> 10) & 31, half & 1023];
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0
    ? (sign * mantissa) / (STEPS[0] as number)
    : (sign * (1024 + mantissa)) / (STEPS[exponent - 1] as number);
};
