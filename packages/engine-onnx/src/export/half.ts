/** float32 numbers as the 16 bits of float16, rounded to the nearest; a tie goes to the even one. */

const SIGN = 0x8000;
const INFINITE = 0x7c00;
const QUIET_NAN = 0x7e00;
/** float32's bits of 65520, from which on numbers round to infinity; and of 2^-14, the smallest normal number. */
const TOO_LARGE = 0x477ff000;
const LEAST_NORMAL = 0x38800000;
/** The difference of the two exponent biases, 112. */
const REBIAS = 112 << 23;
const DROPPED = 13;

/** The nearest whole number; the even one if two are equally near. */
const nearestWhole = (value: number): number => {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
};

const halfOf = (bits: number, value: number): number => {
  const sign = (bits >>> 16) & SIGN;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | QUIET_NAN;
  if (magnitude >= TOO_LARGE) return sign | INFINITE;
  // Numbers below the smallest normal one are multiples of 2^-24.
  if (magnitude < LEAST_NORMAL) return sign | nearestWhole(Math.abs(value) * 2 ** 24);
  const scaled = magnitude - REBIAS;
  const odd = (scaled >>> DROPPED) & 1;
  return sign | ((scaled + 0xfff + odd) >>> DROPPED);
};

export const toHalf = (numbers: Float32Array): Uint16Array => {
  const halves = new Uint16Array(numbers.length);
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  for (let i = 0; i < halves.length; i++) halves[i] = halfOf(bits[i] as number, numbers[i] as number);
  return halves;
};

/** The place of the first number that is not finite in float16; -1 if all are. */
export const firstInfinite = (halves: Uint16Array): number =>
  halves.findIndex((half) => (half & INFINITE) === INFINITE);
