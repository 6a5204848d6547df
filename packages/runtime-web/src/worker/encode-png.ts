/** Writes a PNG row by row (PNG, third edition), so that a large result is never copied as a whole. */
import { type Carried, writeCarried } from "@tadsr/metadata";
import { COLOURS, crc32 } from "@tadsr/model";
import type { Rows } from "./kept-result.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const [COLOUR, COLOUR_AND_ALPHA] = [2, 6];
/** Packed bytes of one IDAT chunk, at least. */
const CHUNK = 2 ** 20;

type Bytes = Uint8Array<ArrayBuffer>;

const chunk = (name: string, content: Uint8Array): Bytes => {
  const result = new Uint8Array(content.length + 12);
  const view = new DataView(result.buffer);
  view.setUint32(0, content.length);
  for (let i = 0; i < 4; i++) result[4 + i] = name.charCodeAt(i);
  result.set(content, 8);
  view.setUint32(content.length + 8, crc32(result.subarray(4, content.length + 8)));
  return result;
};

const headerOf = ({ width, height }: Rows, channels: number): Bytes => {
  const content = new Uint8Array(13);
  const view = new DataView(content.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  content.set([8, channels === COLOURS ? COLOUR : COLOUR_AND_ALPHA, 0, 0, 0], 8);
  return chunk("IHDR", content);
};

/** All that stands before the pixels. */
const startOf = async (source: Rows, channels: number, carried: Carried): Promise<Bytes> => {
  const header = headerOf(source, channels);
  const file = new Uint8Array(SIGNATURE.length + header.length);
  file.set(SIGNATURE);
  file.set(header, SIGNATURE.length);
  return new Uint8Array((await writeCarried(file, carried)).bytes);
};

/** The byte of the three around it that their plane comes nearest to (PNG, 9.4). */
const paeth = (left: number, above: number, corner: number): number => {
  const [toLeft, toAbove] = [Math.abs(above - corner), Math.abs(left - corner)];
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
};

const [PAETH] = [4];

/** A row as differences from what Paeth's rule expects, with the rule's number before it. */
const filtered = (row: Uint8Array, above: Uint8Array, channels: number): Bytes => {
  const result = new Uint8Array(row.length + 1);
  result[0] = PAETH;
  for (let i = 0; i < row.length; i++) {
    const isFirst = i < channels;
    const expected = paeth(
      isFirst ? 0 : (row[i - channels] as number),
      above[i] as number,
      isFirst ? 0 : (above[i - channels] as number),
    );
    result[i + 1] = (row[i] as number) - expected;
  }
  return result;
};

const withAlpha = (colours: Uint8Array, alpha: Uint8Array): Uint8Array => {
  const result = new Uint8Array(4 * alpha.length);
  for (let i = 0; i < alpha.length; i++) {
    for (let c = 0; c < COLOURS; c++) result[4 * i + c] = colours[COLOURS * i + c] as number;
    result[4 * i + 3] = alpha[i] as number;
  }
  return result;
};

const writeRows = async (
  source: Rows,
  channels: number,
  sink: WritableStream<BufferSource>,
): Promise<void> => {
  const writer = sink.getWriter();
  let above = new Uint8Array(channels * source.width);
  for (let y = 0; y < source.height; y++) {
    const alpha = source.alphaRow(y);
    const row = alpha === null ? source.row(y) : withAlpha(source.row(y), alpha);
    await writer.ready;
    // The reader sees the same error.
    writer.write(filtered(row, above, channels)).catch(() => undefined);
    above = Uint8Array.from(row);
  }
  await writer.close();
};

/** The packed rows as chunks, in parts of a Blob, which a browser may move to the disk. */
const pixelChunks = async (packed: ReadableStream<Uint8Array>): Promise<readonly Blob[]> => {
  const parts: Blob[] = [];
  let waiting: Uint8Array[] = [];
  let length = 0;
  const flush = (): void => {
    if (length === 0) return;
    const content = new Uint8Array(length);
    let at = 0;
    for (const piece of waiting) {
      content.set(piece, at);
      at += piece.length;
    }
    parts.push(new Blob([chunk("IDAT", content)]));
    waiting = [];
    length = 0;
  };
  const reader = packed.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    waiting.push(value);
    length += value.length;
    if (length >= CHUNK) flush();
  }
  flush();
  return parts;
};

/** 8 bits a channel, with alpha if the picture has it. */
export const encodePng = async (source: Rows, carried: Carried): Promise<Blob> => {
  const channels = source.alphaRow(0) === null ? COLOURS : COLOURS + 1;
  const start = await startOf(source, channels, carried);
  const packing = new CompressionStream("deflate");
  const [pixels] = await Promise.all([
    pixelChunks(packing.readable),
    writeRows(source, channels, packing.writable),
  ]);
  return new Blob([start, ...pixels, chunk("IEND", new Uint8Array(0))], { type: "image/png" });
};
