/**
 * Writes a JPEG some rows at a time (ITU T.81, baseline; T.871), so that a large result is never copied as a whole. The
 * chroma has half the width and height, as in a camera's files.
 */
import { type Carried, writeCarried } from "@tadsr/metadata";
import { COLOURS } from "@tadsr/model";
import { type BitWriter, bitWriter, blockWriter, type ComponentTables } from "./jpeg-blocks.ts";
import { CHROMA_AC, CHROMA_DC, LUMA_AC, LUMA_DC, stepsOf, ZIGZAG } from "./jpeg-tables.ts";
import type { Rows } from "./kept-result.ts";

/** Side of what is coded at a time: four blocks of luma and one of each chroma. */
const UNIT = 16;
/** Bytes of one part of the Blob, at least. */
const PART = 2 ** 20;
/** Units of rows between two pauses, in which the worker answers. */
const BETWEEN_PAUSES = 16;

const [SOI, APP0, DQT, SOF0, DHT, SOS, EOI] = [0xd8, 0xe0, 0xdb, 0xc0, 0xc4, 0xda, 0xd9];

const segment = (marker: number, content: readonly number[]): readonly number[] => {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 0xff, ...content];
};

interface Tables {
  readonly luma: ComponentTables;
  readonly chroma: ComponentTables;
}

const tablesFor = (quality: number): Tables => {
  const { luma, chroma } = stepsOf(quality);
  return {
    luma: { steps: luma, dc: LUMA_DC, ac: LUMA_AC },
    chroma: { steps: chroma, dc: CHROMA_DC, ac: CHROMA_AC },
  };
};

/** All that stands before the coded samples. */
const headerOf = ({ width, height }: Rows, { luma, chroma }: Tables): Uint8Array => {
  const both = [luma, chroma];
  const jfif = [0x4a, 0x46, 0x49, 0x46, 0, 1, 2, 0, 0, 1, 0, 1, 0, 0];
  const frame = [8, height >> 8, height & 0xff, width >> 8, width & 0xff, 3];
  const components = [
    [1, 0x22, 0],
    [2, 0x11, 1],
    [3, 0x11, 1],
  ];
  return Uint8Array.from([
    ...[0xff, SOI],
    ...segment(APP0, jfif),
    ...both.flatMap(({ steps }, i) => segment(DQT, [i, ...ZIGZAG.map((place) => steps[place] as number)])),
    ...segment(SOF0, [...frame, ...components.flat()]),
    ...both.flatMap(({ dc, ac }, i) => [
      ...segment(DHT, [i, ...dc.counts, ...dc.symbols]),
      ...segment(DHT, [16 + i, ...ac.counts, ...ac.symbols]),
    ]),
    ...segment(SOS, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]),
  ]);
};

/** The samples of 16 rows, from -128 to 127: of luma [16, width], of each chroma the sums of four [8, width / 2]. */
interface Strip {
  /** A multiple of 16. */
  readonly width: number;
  readonly luma: Float32Array;
  readonly blue: Float32Array;
  readonly red: Float32Array;
}

const stripFor = ({ width }: Rows): Strip => {
  const whole = UNIT * Math.ceil(width / UNIT);
  const [all, quarter] = [UNIT * whole, (UNIT * whole) / 4];
  return {
    width: whole,
    luma: new Float32Array(all),
    blue: new Float32Array(quarter),
    red: new Float32Array(quarter),
  };
};

/** Beyond the picture's edge its last pixels are repeated. What is not opaque lies on white. */
const fillStrip = (strip: Strip, source: Rows, top: number): void => {
  const { width, luma, blue, red } = strip;
  blue.fill(0);
  red.fill(0);
  for (let y = 0; y < UNIT; y++) {
    const row = Math.min(source.height - 1, top + y);
    const [colours, alpha] = [source.row(row), source.alphaRow(row)];
    for (let x = 0; x < width; x++) {
      const column = Math.min(source.width - 1, x);
      const at = COLOURS * column;
      let [r, g, b] = [colours[at] as number, colours[at + 1] as number, colours[at + 2] as number];
      if (alpha !== null) {
        const opaque = (alpha[column] as number) / 255;
        [r, g, b] = [255 + opaque * (r - 255), 255 + opaque * (g - 255), 255 + opaque * (b - 255)];
      }
      luma[y * width + x] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
      const to = (y >> 1) * (width >> 1) + (x >> 1);
      blue[to] = (blue[to] as number) - 0.168736 * r - 0.331264 * g + 0.5 * b;
      red[to] = (red[to] as number) + 0.5 * r - 0.418688 * g - 0.081312 * b;
    }
  }
};

/** Codes strips one after another. */
const stripWriter = (bits: BitWriter, { luma, chroma }: Tables): ((strip: Strip) => void) => {
  const [putLuma, putBlue, putRed] = [
    blockWriter(bits, luma),
    blockWriter(bits, chroma),
    blockWriter(bits, chroma),
  ];
  const block = new Float64Array(64);
  const take = (
    plane: Float32Array,
    width: number,
    top: number,
    left: number,
    scale: number,
  ): Float64Array => {
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++) block[8 * y + x] = scale * (plane[(top + y) * width + left + x] as number);
    return block;
  };
  return ({ width, luma: light, blue, red }) => {
    for (let left = 0; left < width; left += UNIT) {
      for (const top of [0, 8]) for (const right of [0, 8]) putLuma(take(light, width, top, left + right, 1));
      putBlue(take(blue, width >> 1, 0, left >> 1, 0.25));
      putRed(take(red, width >> 1, 0, left >> 1, 0.25));
    }
  };
};

const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 0);
  });

/** `quality` is from 0 to 1. Sides are at most 65535 pixels. */
export const encodeJpeg = async (source: Rows, carried: Carried, quality: number): Promise<Blob> => {
  const tables = tablesFor(quality);
  const { bytes } = await writeCarried(headerOf(source, tables), carried);
  const bits = bitWriter();
  const strip = stripFor(source);
  const putStrip = stripWriter(bits, tables);
  // A browser may move the parts of a Blob to the disk.
  const parts: Blob[] = [new Blob([new Uint8Array(bytes)])];
  for (let top = 0; top < source.height; top += UNIT) {
    fillStrip(strip, source, top);
    putStrip(strip);
    if (bits.waiting() >= PART) parts.push(new Blob([bits.take()]));
    if ((top / UNIT) % BETWEEN_PAUSES === 0) await pause();
  }
  bits.end();
  return new Blob([...parts, bits.take(), Uint8Array.of(0xff, EOI)], { type: "image/jpeg" });
};
