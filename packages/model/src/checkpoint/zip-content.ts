/** The content of a zip file's entries, read by ranges; an entry's checksum is verified before any of it is used. */
import type { FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import * as E from "fp-ts/lib/Either.js";
import { quoted } from "../quoted.ts";
import { type Checked, invalid } from "./complaint.ts";
import { readBytes, scanBytes } from "./file-bytes.ts";
import { LOCAL, type ZipEntry } from "./zip-directory.ts";

/** Reads that many bytes of an entry, from the given one on. */
export type ReadEntry = (entry: ZipEntry, from: number, length: number) => Promise<Checked<Uint8Array>>;

/** The entry's first byte, from its local header, which must be of the same name and method. */
const contentStart = async (handle: FileHandle, entry: ZipEntry): Promise<Checked<number>> => {
  const name = new TextEncoder().encode(entry.name);
  const bytes = await readBytes(handle, entry.header, LOCAL.bytes + name.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isRight =
    bytes.length === LOCAL.bytes + name.length &&
    view.getUint32(0, true) === LOCAL.signature &&
    view.getUint16(8, true) === (entry.isDeflated ? 8 : 0) &&
    view.getUint16(26, true) === name.length &&
    Buffer.compare(bytes.subarray(LOCAL.bytes), name) === 0;
  if (!isRight) return invalid(`another header before ${quoted(entry.name)}`, "the one the directory tells");
  const start = entry.header + bytes.length + view.getUint16(28, true);
  return start + entry.stored <= entry.limit
    ? E.right(start)
    : invalid(`${quoted(entry.name)} that overlaps what follows it`, "entries one after another");
};

const checkCrc = ({ name, crc }: ZipEntry, found: number): Checked<void> =>
  found === crc
    ? E.right(undefined)
    : invalid(
        `the checksum ${found.toString(16)} of ${quoted(name)}`,
        `${crc.toString(16)}; the file is damaged`,
      );

const inflate = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw);

const inflated = async (handle: FileHandle, entry: ZipEntry, start: number): Promise<Checked<Uint8Array>> => {
  const packed = await readBytes(handle, start, entry.stored);
  const refusal = invalid(`${quoted(entry.name)} that does not inflate`, `${entry.size} bytes of content`);
  try {
    const content = await inflate(packed, { maxOutputLength: Math.max(1, entry.size) });
    if (content.length !== entry.size) return refusal;
    return E.map(() => new Uint8Array(content))(checkCrc(entry, crc32(content)));
  } catch {
    return refusal;
  }
};

/** A reader of entries; it remembers which ones' checksums it has verified. */
export const entryReader = (handle: FileHandle): ReadEntry => {
  const verified = new Map<ZipEntry, number>();

  const start = async (entry: ZipEntry): Promise<Checked<number>> => {
    const known = verified.get(entry);
    if (known !== undefined) return E.right(known);
    return contentStart(handle, entry);
  };

  /** A whole entry is read and summed at once. */
  const whole = async (entry: ZipEntry, at: number): Promise<Checked<Uint8Array>> => {
    let sum = 0;
    const bytes = await readBytes(handle, at, entry.size, (piece) => {
      sum = crc32(piece, sum);
    });
    const checked = checkCrc(entry, sum);
    if (E.isLeft(checked)) return checked;
    verified.set(entry, at);
    return E.right(bytes);
  };

  const part = async (entry: ZipEntry, at: number, from: number, length: number) => {
    if (!verified.has(entry)) {
      let sum = 0;
      await scanBytes(handle, at, entry.size, (piece) => {
        sum = crc32(piece, sum);
      });
      const checked = checkCrc(entry, sum);
      if (E.isLeft(checked)) return checked;
      verified.set(entry, at);
    }
    const bytes = await readBytes(handle, at + from, length);
    return bytes.length === length
      ? E.right(bytes)
      : invalid(`${bytes.length} bytes of ${quoted(entry.name)}`, `${length}`);
  };

  return async (entry, from, length) => {
    const at = await start(entry);
    if (E.isLeft(at)) return at;
    if (entry.isDeflated) {
      const content = await inflated(handle, entry, at.right);
      return E.map((bytes: Uint8Array) =>
        length === bytes.length ? bytes : bytes.slice(from, from + length),
      )(content);
    }
    return from === 0 && length === entry.size ? whole(entry, at.right) : part(entry, at.right, from, length);
  };
};
