/** The constants of baseline JPEG (ITU T.81): quantization (annex K.1), Huffman codes (K.3), the zigzag (figure A.6). */

/** Where the coefficients of a block lie, row-major, in the order of the file. */
export const ZIGZAG: readonly number[] = Array.from({ length: 64 }, (_, i) => i).sort((a, b) => {
  const [down, right] = [(i: number) => i >> 3, (i: number) => i & 7];
  const diagonal = (i: number): number => down(i) + right(i);
  if (diagonal(a) !== diagonal(b)) return diagonal(a) - diagonal(b);
  return diagonal(a) % 2 === 0 ? right(a) - right(b) : down(a) - down(b);
});

/** Steps of the luma's coefficients, row-major (table K.1). */
const LUMA = [
  [16, 11, 10, 16, 24, 40, 51, 61],
  [12, 12, 14, 19, 26, 58, 60, 55],
  [14, 13, 16, 24, 40, 57, 69, 56],
  [14, 17, 22, 29, 51, 87, 80, 62],
  [18, 22, 37, 56, 68, 109, 103, 77],
  [24, 35, 55, 64, 81, 104, 113, 92],
  [49, 64, 78, 87, 103, 121, 120, 101],
  [72, 92, 95, 98, 112, 100, 103, 99],
].flat();

/** Of both chromas (table K.2): these in the corner of the low frequencies, 99 elsewhere. */
const CHROMA_CORNER = [
  [17, 18, 24, 47],
  [18, 21, 26, 66],
  [24, 26, 56, 99],
  [47, 66, 99, 99],
];
const CHROMA = Array.from({ length: 64 }, (_, i) => CHROMA_CORNER[i >> 3]?.[i & 7] ?? 99);

/** `quality` is from 0 to 1. It scales the steps as the Independent JPEG Group's library does with 0 to 100. */
export const stepsOf = (
  quality: number,
): { readonly luma: readonly number[]; readonly chroma: readonly number[] } => {
  const percent = Math.min(100, Math.max(1, Math.round(100 * quality)));
  const scale = percent < 50 ? 5000 / percent : 200 - 2 * percent;
  const scaled = (steps: readonly number[]): readonly number[] =>
    steps.map((step) => Math.min(255, Math.max(1, Math.floor((step * scale + 50) / 100))));
  return { luma: scaled(LUMA), chroma: scaled(CHROMA) };
};

/** A Huffman code as the file has it. */
export interface HuffmanTable {
  /** How many symbols have a code of 1, 2, ... 16 bits. */
  readonly counts: readonly number[];
  /** From the shortest code to the longest. */
  readonly symbols: readonly number[];
}

const bytesOf = (hex: string): readonly number[] =>
  (hex.match(/../g) ?? []).map((byte) => Number(`0x${byte}`));

/** Run lengths and sizes that follow one another: `0x34` to `0x3a` for [3, 4]. Each run ends with size 10. */
const runs = (...starts: readonly (readonly [run: number, size: number])[]): readonly number[] =>
  starts.flatMap(([run, size]) => Array.from({ length: 11 - size }, (_, i) => 16 * run + size + i));

const SIZES = Array.from({ length: 12 }, (_, i) => i);

export const LUMA_DC: HuffmanTable = {
  counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
  symbols: SIZES,
};

export const CHROMA_DC: HuffmanTable = {
  counts: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
  symbols: SIZES,
};

export const LUMA_AC: HuffmanTable = {
  counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
  symbols: [
    ...bytesOf("01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a"),
    ...runs(
      [1, 6],
      [2, 5],
      [3, 4],
      [4, 3],
      [5, 3],
      [6, 3],
      [7, 3],
      [8, 3],
      [9, 2],
      [10, 2],
      [11, 2],
      [12, 2],
    ),
    ...runs([13, 2], [14, 1], [15, 1]),
  ],
};

export const CHROMA_AC: HuffmanTable = {
  counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
  symbols: [
    ...bytesOf("000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f1"),
    ...runs(
      [1, 7],
      [2, 6],
      [3, 5],
      [4, 3],
      [5, 3],
      [6, 3],
      [7, 3],
      [8, 2],
      [9, 2],
      [10, 2],
      [11, 2],
      [12, 2],
    ),
    ...runs([13, 2], [14, 2], [15, 2]),
  ],
};

/** The code of each symbol and its length in bits, by the symbol (annex C). */
export const codesOf = ({
  counts,
  symbols,
}: HuffmanTable): { readonly codes: Uint16Array; readonly lengths: Uint8Array } => {
  const [codes, lengths] = [new Uint16Array(256), new Uint8Array(256)];
  let [code, at] = [0, 0];
  for (const [i, count] of counts.entries()) {
    for (let k = 0; k < count; k++) {
      const symbol = symbols[at++] as number;
      codes[symbol] = code++;
      lengths[symbol] = i + 1;
    }
    code *= 2;
  }
  return { codes, lengths };
};
