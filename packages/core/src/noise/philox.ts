/** Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011). */

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

export type TwoWords = readonly [low: number, high: number];

export const TWO_32 = 2 ** 32;

export const twoWords = (value: number): TwoWords => [value | 0, Math.floor(value / TWO_32) | 0];

/** `count` blocks with the counters `low`, `low` + 1, ... (below 2^32) plus 2^32 `high`, then `stream`. */
export interface Run {
  readonly key: TwoWords;
  readonly stream: TwoWords;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** The four words of each block, by ten rounds. One loop over all blocks, which allocates nothing. */
export const blocksOfWords = ({ key, stream, low, high, count }: Run): Uint32Array => {
  const words = new Uint32Array(4 * count);
  const [key_0, key_1] = key;
  const [stream_0, stream_1] = stream;
  for (let block = 0; block < count; block++) {
    let c_0 = (low + block) | 0;
    let c_1 = high | 0;
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
  return words;
};

/** Philox 4x32-10: four random words from a counter of four words and a key of two. */
export const philox4x32 = (
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] => {
  const [low, high, ...stream] = counter;
  const words = blocksOfWords({ key, stream, low, high, count: 1 });
  return [words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0];
};
