/**
 * Noise as a pure function of (seed, stream, position): Philox 4x32-10 (Salmon, Moraes, Dror and
 * Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011). A tile's noise does not depend on the tiling, and a
 * resumed run draws the same numbers as one that was not interrupted.
 *
 * The numbers are the same to the last bit on every platform and version of Node, with and without WebAssembly: the
 * normals use only +, -, *, / and a correctly rounded square root.
 */
import * as O from "fp-ts/lib/Option.js";
import { BLOCKS, type Maker } from "./noise/maker.ts";
import { type Run, TWO_32, twoWords } from "./noise/philox.ts";
import { plainMaker } from "./noise/plain.ts";
import { checkPlace, type NoiseSource } from "./noise/source.ts";
import { vectorMaker } from "./noise/vectors.ts";

export { philox4x32 } from "./noise/philox.ts";
export { type NoiseSource, type NoiseSourceError, noiseSource } from "./noise/source.ts";

/** The number of draws below which it is not worth compiling a module. */
const FEW = 1024;

let found: Maker | null = null;

/** The fast way of making numbers, which is looked for when it is first needed. */
const quickMaker = (): Maker => {
  found ??= O.getOrElse(() => plainMaker)(vectorMaker());
  return found;
};

const makerFor = (count: number): Maker => (count < FEW ? plainMaker : quickMaker());

/** Fills `result` with the numbers of the blocks that contain [position, position + result.length). */
const fill = <A extends Float32Array | Float64Array>(
  numbersOf: (run: Run) => A,
  { seed, stream }: NoiseSource,
  position: number,
  result: A,
): A => {
  const [key, streamWords] = [twoWords(seed), twoWords(stream)];
  const last = Math.ceil((position + result.length) / 4);
  for (let block = Math.floor(position / 4), count = 0; block < last; block += count) {
    const low = block % TWO_32;
    count = Math.min(BLOCKS, last - block, TWO_32 - low);
    const high = Math.floor(block / TWO_32);
    const numbers = numbersOf({ key, stream: streamWords, low, high, count });
    const at = block * 4 - position;
    const [from, to] = [Math.max(0, -at), Math.min(4 * count, result.length - at)];
    result.set(numbers.subarray(from, to), at + from);
  }
  return result;
};

export interface Noise {
  /**
   * `count` numbers in [0, 1), multiples of 2^-32. Element i is the number at position + i: word position % 4 of the
   * block with the counter [floor(position / 4), stream] and the seed as its key. Each of these three is given as its
   * low and high 32 bits.
   */
  readonly uniform: (source: NoiseSource, position: number, count: number) => Float64Array;
  /**
   * `count` draws from N(0, 1). Element i depends on seed, stream and position + i only, and the largest possible
   * magnitude is 6.77. Box-Muller: the words (a, b) at an even position give r cos(2 pi b / 2^32) there and r sin(2 pi
   * b / 2^32) at the next position, with r = sqrt(-2 ln((2 a + 1) / 2^33)).
   */
  readonly normal: (source: NoiseSource, position: number, count: number) => Float64Array;
  /** The same numbers, rounded to float32, written into an existing array: as many as it has elements. */
  readonly fillNormal: (source: NoiseSource, position: number, result: Float32Array) => void;
}

/** The noise that a given `Maker` makes. */
export const noiseBy = (maker: (count: number) => Maker): Noise => ({
  uniform: (source, position, count) => {
    checkPlace(source, position, count);
    return fill(maker(count).uniforms, source, position, new Float64Array(count));
  },
  normal: (source, position, count) => {
    checkPlace(source, position, count);
    return fill(maker(count).normals, source, position, new Float64Array(count));
  },
  fillNormal: (source, position, result) => {
    checkPlace(source, position, result.length);
    fill(maker(result.length).roundedNormals, source, position, result);
  },
});

export const { uniform, normal, fillNormal } = noiseBy(makerFor);
