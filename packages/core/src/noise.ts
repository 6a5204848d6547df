/**
 * Noise as a pure function of (seed, stream, position): Philox 4x32-10 (Salmon, Moraes, Dror and
 * Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011). A tile's noise is the same whatever the
 * tiling, and a run that resumes draws what the uninterrupted one would have drawn.
 *
 * The numbers are the same to the last bit on every platform and version of Node: the normals use
 * only +, -, *, / and a correctly rounded square root, because `Math.log` and `Math.cos` may differ
 * in their last bits from one engine to another.
 */
import * as E from "fp-ts/lib/Either.js";

export interface NoiseSource {
  /** 0..2^53 - 1. */
  readonly seed: number;
  /** 0..2^53 - 1: independent noise for another purpose under the same seed. */
  readonly stream: number;
}

export interface NoiseSourceError {
  readonly _tag: "InvalidNoiseSource";
  readonly field: keyof NoiseSource;
  readonly found: unknown;
  readonly allowed: string;
  readonly message: string;
}

const isIndex = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** A source, or what is wrong with its seed or stream. */
export const noiseSource = (seed: number, stream: number): E.Either<NoiseSourceError, NoiseSource> => {
  const allowed = "an integer from 0 to 2^53 - 1";
  const refuse = (field: keyof NoiseSource, found: number): E.Either<NoiseSourceError, never> =>
    E.left({
      _tag: "InvalidNoiseSource",
      field,
      found,
      allowed,
      message: `noise: ${field} is ${found}; allowed: ${allowed}`,
    });
  if (!isIndex(seed)) return refuse("seed", seed);
  if (!isIndex(stream)) return refuse("stream", stream);
  return E.right({ seed, stream });
};

const TWO_32 = 2 ** 32;

const high = (value: number): number => Math.floor(value / TWO_32);

/** The high 32 bits of a * b, from four products of 16 bits each; every partial sum fits in 32 bits. */
const highWord = (a: number, b: number): number => {
  const a_low = a & 0xffff;
  const a_high = a >>> 16;
  const b_low = b & 0xffff;
  const b_high = b >>> 16;
  const middle = (Math.imul(a_high, b_low) + (Math.imul(a_low, b_low) >>> 16)) | 0;
  const carry = (Math.imul(a_low, b_high) + (middle & 0xffff)) | 0;
  return (Math.imul(a_high, b_high) + (middle >>> 16) + (carry >>> 16)) | 0;
};

type TwoWords = readonly [low: number, high: number];

const twoWords = (value: number): TwoWords => [value | 0, high(value) | 0];

/**
 * Ten rounds for each of `count` blocks, whose counters are `first` and those after it plus 2^32 `above`, and
 * `stream`; four words each go into `words`. One loop over all, with nothing allocated in it, since a picture's noise
 * is millions of numbers.
 */
const fillBlocks = (
  words: Uint32Array,
  [key_0, key_1]: TwoWords,
  [stream_0, stream_1]: TwoWords,
  first: number,
  above: number,
  count: number,
): void => {
  for (let block = 0; block < count; block++) {
    const counter = first + block;
    let c_0 = counter | 0;
    let c_1 = (high(counter) + above) | 0;
    let c_2 = stream_0;
    let c_3 = stream_1;
    let k_0 = key_0;
    let k_1 = key_1;
    for (let round = 0; round < 10; round++) {
      const high_0 = highWord(0xd2511f53, c_0);
      const low_0 = Math.imul(0xd2511f53, c_0);
      const high_1 = highWord(0xcd9e8d57, c_2);
      const low_1 = Math.imul(0xcd9e8d57, c_2);
      c_0 = high_1 ^ c_1 ^ k_0;
      c_1 = low_1;
      c_2 = high_0 ^ c_3 ^ k_1;
      c_3 = low_0;
      k_0 = (k_0 + 0x9e3779b9) | 0;
      k_1 = (k_1 + 0xbb67ae85) | 0;
    }
    const at = 4 * block;
    words[at] = c_0;
    words[at + 1] = c_1;
    words[at + 2] = c_2;
    words[at + 3] = c_3;
  }
};

/** Philox 4x32-10: four random words from a counter of four words and a key of two. */
export const philox4x32 = (
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] => {
  const words = new Uint32Array(4);
  const [first, above, ...stream] = counter;
  fillBlocks(words, key, stream, first >>> 0, above, 1);
  return [words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0];
};

/**
 * A seed, stream, position or count that is no index is a defect of the calling program and throws a RangeError;
 * `noiseSource` checks a user's input.
 */
const checkPlace = ({ seed, stream }: NoiseSource, position: number, count: number): void => {
  for (const [name, value] of Object.entries({ seed, stream, position, count, end: position + count }))
    if (!isIndex(value))
      throw new RangeError(`noise: ${name} is ${value}; allowed: an integer from 0 to 2^53 - 1`);
};

/** The result's array. */
const room = (source: NoiseSource, position: number, count: number): Float64Array => {
  checkPlace(source, position, count);
  return new Float64Array(count);
};

/** Blocks whose words are made at a time: they stay in the nearest cache. */
const BLOCKS = 1024;

/**
 * Calls `use(words, at, count)` for the words of each run of blocks that [position, position + count) touches, `count`
 * words; `at` is the place of the first of them in the result, from -3 on.
 */
const forEachRun = (
  source: NoiseSource,
  position: number,
  count: number,
  use: (words: Uint32Array, at: number, count: number) => void,
): void => {
  const words = new Uint32Array(4 * BLOCKS);
  const [key, stream] = [twoWords(source.seed), twoWords(source.stream)];
  const first = Math.floor(position / 4);
  const last = Math.ceil((position + count) / 4);
  for (let block = first; block < last; block += BLOCKS) {
    const blocks = Math.min(BLOCKS, last - block);
    fillBlocks(words, key, stream, block, 0, blocks);
    use(words, block * 4 - position, 4 * blocks);
  }
};

/**
 * `count` numbers in [0, 1), multiples of 2^-32; element i is the number at position + i. Word
 * position % 4 of the block whose counter is [floor(position / 4), stream], the key being the seed,
 * each as low and high 32 bits.
 */
export const uniform = (source: NoiseSource, position: number, count: number): Float64Array => {
  const result = room(source, position, count);
  forEachRun(source, position, count, (words, at, length) => {
    for (let i = Math.max(0, -at); i < Math.min(length, count - at); i++)
      result[at + i] = (words[i] as number) / TWO_32;
  });
  return result;
};

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

/** The normals of `length` words, an even number, into `result` from `at` on, as far as they lie in it. */
const fillNormals = (
  result: Float64Array | Float32Array,
  words: Uint32Array,
  at: number,
  length: number,
): void => {
  const end = result.length;
  for (let i = 0; i < length; i += 2) {
    const angle = words[i + 1] as number;
    const r = Math.sqrt(minusTwoLog(words[i] as number));
    // The angle is a whole number of quarter turns and a rest within an eighth of a turn.
    const quarters = ((angle + 0x20000000) >>> 30) & 3;
    const x = ((angle - quarters * 0x40000000) | 0) * ((2 * Math.PI) / TWO_32);
    const sign = quarters < 2 ? r : -r;
    const [s, c] = [sine(x), cosine(x)];
    const isTurned = (quarters & 1) === 1;
    const place = at + i;
    if (place >= 0 && place < end) result[place] = sign * (isTurned ? -s : c);
    if (place + 1 >= 0 && place + 1 < end) result[place + 1] = sign * (isTurned ? c : s);
  }
};

/**
 * `count` draws from N(0, 1); element i depends on seed, stream and position + i alone, and the
 * largest possible magnitude is 6.77. Box-Muller: words (a, b) at an even position give
 * r cos(2 pi b / 2^32) there and r sin(2 pi b / 2^32) after it, r = sqrt(-2 ln((2 a + 1) / 2^33)).
 */
export const normal = (source: NoiseSource, position: number, count: number): Float64Array => {
  const result = room(source, position, count);
  forEachRun(source, position, count, (words, at, length) => fillNormals(result, words, at, length));
  return result;
};

/** The same numbers, rounded to float32, into an array that is there: as many as it has. */
export const fillNormal = (source: NoiseSource, position: number, result: Float32Array): void => {
  checkPlace(source, position, result.length);
  forEachRun(source, position, result.length, (words, at, length) => fillNormals(result, words, at, length));
};
