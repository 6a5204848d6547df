/** From blocks of 8 x 8 samples to the bits of baseline JPEG (ITU T.81, A.3 and F.1.2). */
import { codesOf, type HuffmanTable, ZIGZAG } from "./jpeg-tables.ts";

/** Bits one after another. A byte of ones is followed by a byte of zeros, so that it is no marker. */
export interface BitWriter {
  readonly put: (bits: number, length: number) => void;
  /** Fills the last byte with ones. */
  readonly end: () => void;
  /** What was written since the last call, in whole bytes. */
  readonly take: () => Uint8Array<ArrayBuffer>;
  /** Bytes that `take` would give. */
  readonly waiting: () => number;
}

export const bitWriter = (): BitWriter => {
  let bytes = new Uint8Array(2 ** 16);
  let length = 0;
  let [held, count] = [0, 0];
  const putByte = (byte: number): void => {
    if (length === bytes.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(bytes);
      bytes = larger;
    }
    bytes[length++] = byte;
  };
  const put = (bits: number, size: number): void => {
    held = (held << size) | bits;
    count += size;
    while (count >= 8) {
      count -= 8;
      const byte = (held >> count) & 0xff;
      putByte(byte);
      if (byte === 0xff) putByte(0);
    }
    held &= (1 << count) - 1;
  };
  return {
    put,
    end: () => {
      if (count > 0) put((1 << (8 - count)) - 1, 8 - count);
    },
    take: () => {
      const taken = bytes.slice(0, length);
      length = 0;
      return taken;
    },
    waiting: () => length,
  };
};

/** cos((2x + 1) u pi / 16) / 2, and for u = 0 divided by the root of 2: [8, 8]. */
const COSINES = Float64Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  return (Math.cos(((2 * x + 1) * u * Math.PI) / 16) / 2) * (u === 0 ? Math.SQRT1_2 : 1);
});

/** Eight numbers, `step` apart, become their cosine transform. A cosine is even or odd around the middle. */
const transform = (block: Float64Array, from: number, step: number): void => {
  const [sums, differences] = [new Float64Array(4), new Float64Array(4)];
  for (let x = 0; x < 4; x++) {
    const [a, b] = [block[from + step * x] as number, block[from + step * (7 - x)] as number];
    sums[x] = a + b;
    differences[x] = a - b;
  }
  for (let u = 0; u < 8; u++) {
    const folded = u % 2 === 0 ? sums : differences;
    let sum = 0;
    for (let x = 0; x < 4; x++) sum += (folded[x] as number) * (COSINES[8 * u + x] as number);
    block[from + step * u] = sum;
  }
};

export interface ComponentTables {
  /** Of quantization, row-major: [8, 8]. */
  readonly steps: readonly number[];
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
}

const [SIXTEEN_ZEROS, END_OF_BLOCK] = [0xf0, 0x00];

/** Writes the blocks of one component. `block` has samples from -128 to 127, row-major, and is overwritten. */
export const blockWriter = (
  { put }: BitWriter,
  { steps, dc, ac }: ComponentTables,
): ((block: Float64Array) => void) => {
  const [dcCodes, acCodes] = [codesOf(dc), codesOf(ac)];
  const factors = Float64Array.from(ZIGZAG, (place) => 1 / (steps[place] as number));
  const quantized = new Int32Array(64);
  let previous = 0;
  /** A number by the count of its bits, and then these bits: for a negative one those of itself minus 1. */
  const putNumber = ({ codes, lengths }: ReturnType<typeof codesOf>, run: number, value: number): void => {
    const size = 32 - Math.clz32(Math.abs(value));
    const symbol = 16 * run + size;
    put(codes[symbol] as number, lengths[symbol] as number);
    if (size > 0) put((value < 0 ? value - 1 : value) & ((1 << size) - 1), size);
  };
  const putSymbol = (symbol: number): void => {
    put(acCodes.codes[symbol] as number, acCodes.lengths[symbol] as number);
  };
  return (block) => {
    for (let y = 0; y < 8; y++) transform(block, 8 * y, 1);
    for (let x = 0; x < 8; x++) transform(block, x, 8);
    for (let i = 0; i < 64; i++)
      quantized[i] = Math.round((block[ZIGZAG[i] as number] as number) * (factors[i] as number));
    // Baseline JPEG has 10 bits for these and 11 for differences of the first.
    for (let i = 1; i < 64; i++) quantized[i] = Math.max(-1023, Math.min(1023, quantized[i] as number));
    const first = quantized[0] as number;
    putNumber(dcCodes, 0, first - previous);
    previous = first;
    let run = 0;
    for (let i = 1; i < 64; i++) {
      const value = quantized[i] as number;
      if (value === 0) {
        run++;
        continue;
      }
      for (; run > 15; run -= 16) putSymbol(SIXTEEN_ZEROS);
      putNumber(acCodes, run, value);
      run = 0;
    }
    if (run > 0) putSymbol(END_OF_BLOCK);
  };
};
