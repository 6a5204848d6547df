/** Numbers of float32 as the 16 bits of float16, rounded to the nearest, of two as near to the even one. */

const SIGN = 0x8000;
const INFINITE = 0x7c00;
const QUIET_NAN = 0x7e00;
/** float32's bits of 65520, from where the nearest is infinite; of 2^-14, the least normal number. */
const TOO_LARGE = 0x477ff000;
const LEAST_NORMAL = 0x38800000;
/** The exponents' biases differ by 112. */
const REBIAS = 112 << 23;
const DROPPED = 13;

/** The even one of two as near. */
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
  // Numbers below the least normal one are multiples of 2^-24.
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

/** Of a number that is not finite, or of one that was and is not in float16, the place; -1 where all are. */
export const firstInfinite = (halves: Uint16Array): number =>
  halves.findIndex((half) => (half & INFINITE) === INFINITE);
