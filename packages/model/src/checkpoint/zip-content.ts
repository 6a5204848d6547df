/** Reads the content of a zip file's entries by ranges. An entry's checksum is verified before any of it is used. */
import * as E from "fp-ts/lib/Either.js";
import type { ByteSource } from "../bytes/byte-file.ts";
import { crc32 } from "../bytes/crc32.ts";
import { inflateRaw } from "../bytes/inflate.ts";
import { scanBytes } from "../bytes/read-bytes.ts";
import { quoted } from "../quoted.ts";
import { type Checked, invalid } from "./complaint.ts";
import { LOCAL, type ZipEntry } from "./zip-directory.ts";

/** Reads that many bytes of an entry, from the given one on. */
export type ReadEntry = (entry: ZipEntry, from: number, length: number) => Promise<Checked<Uint8Array>>;

/** The place of the entry's first byte, from its local header, which must have the same name and method. */
const contentStart = async (source: ByteSource, entry: ZipEntry): Promise<Checked<number>> => {
  const name = new TextEncoder().encode(entry.name);
  const bytes = await source.read(entry.header, LOCAL.bytes + name.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isRight =
    bytes.length === LOCAL.bytes + name.length &&
    view.getUint32(0, true) === LOCAL.signature &&
    view.getUint16(8, true) === (entry.isDeflated ? 8 : 0) &&
    view.getUint16(26, true) === name.length &&
    name.every((byte, i) => byte === bytes[LOCAL.bytes + i]);
  if (!isRight)
    return invalid(`another header before ${quoted(entry.name)}`, "the header that the directory describes");
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

const inflated = async (source: ByteSource, entry: ZipEntry, start: number): Promise<Checked<Uint8Array>> => {
  const content = await inflateRaw(await source.read(start, entry.stored), entry.size);
  return content === null
    ? invalid(`${quoted(entry.name)} that does not inflate`, `${entry.size} bytes of content`)
    : E.map(() => content)(checkCrc(entry, crc32(content)));
};

/** A reader of entries. It remembers which checksums it has verified. */
export const entryReader = (source: ByteSource): ReadEntry => {
  const verified = new Map<ZipEntry, number>();

  const start = async (entry: ZipEntry): Promise<Checked<number>> => {
    const known = verified.get(entry);
    if (known !== undefined) return E.right(known);
    return contentStart(source, entry);
  };

  /** Reads a whole entry and computes its checksum at once. */
  const whole = async (entry: ZipEntry, at: number): Promise<Checked<Uint8Array>> => {
    const bytes = await source.read(at, entry.size);
    const checked = checkCrc(entry, crc32(bytes));
    if (E.isLeft(checked)) return checked;
    verified.set(entry, at);
    return E.right(bytes);
  };

  const part = async (entry: ZipEntry, at: number, from: number, length: number) => {
    if (!verified.has(entry)) {
      let sum = 0;
      await scanBytes(source, at, entry.size, (piece) => {
        sum = crc32(piece, sum);
      });
      const checked = checkCrc(entry, sum);
      if (E.isLeft(checked)) return checked;
      verified.set(entry, at);
    }
    const bytes = await source.read(at + from, length);
    return bytes.length === length
      ? E.right(bytes)
      : invalid(`${bytes.length} bytes of ${quoted(entry.name)}`, `${length}`);
  };

  return async (entry, from, length) => {
    const at = await start(entry);
    if (E.isLeft(at)) return at;
    if (entry.isDeflated) {
      const content = await inflated(source, entry, at.right);
      return E.map((bytes: Uint8Array) =>
        length === bytes.length ? bytes : bytes.slice(from, from + length),
      )(content);
    }
    return from === 0 && length === entry.size ? whole(entry, at.right) : part(entry, at.right, from, length);
  };
};
