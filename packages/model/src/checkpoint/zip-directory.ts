/**
 * The list of a zip file's entries, from the directory at its end. It is strict: every count, offset and size must
 * agree, and entries may not overlap. Anything that zip allows but PyTorch never writes is refused. No path in the file
 * is ever used as a path on the disk.
 */
import * as E from "fp-ts/lib/Either.js";
import { quoted } from "../quoted.ts";
import { type Checked, invalid } from "./complaint.ts";

export interface ZipEntry {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly crc: number;
  /** Bytes of the entry as stored in the file, and bytes of its content. */
  readonly stored: number;
  readonly size: number;
  /** Where its local header begins, and the first byte after the entry. */
  readonly header: number;
  readonly limit: number;
}

const END = { signature: 0x06054b50, bytes: 22 };
const LOCATOR = { signature: 0x07064b50, bytes: 20 };
const END64 = { signature: 0x06064b50, bytes: 56 };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
export const LOCAL = { signature: 0x04034b50, bytes: 30 };

/** How many bytes must be read from the file's end to find the directory. */
export const TAIL_BYTES = END.bytes + LOCATOR.bytes + END64.bytes;

/** A larger directory is treated as an attack: this is the size for about 60 000 entries. */
const LARGEST_DIRECTORY = 2 ** 22;

export interface DirectoryPlace {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Where the directory is, from the file's last bytes. It must end where the end records begin. */
export const findDirectory = (tail: Uint8Array, fileSize: number): Checked<DirectoryPlace> => {
  const view = viewOf(tail);
  const end = tail.length - END.bytes;
  if (end < 0 || view.getUint32(end, true) !== END.signature || view.getUint16(end + 20, true) !== 0)
    return invalid("no directory at the end (the file may be cut off)", "a zip file without a comment");
  const disks = view.getUint32(end + 4, true);
  const short = {
    count: view.getUint16(end + 10, true),
    size: view.getUint32(end + 12, true),
    offset: view.getUint32(end + 16, true),
  };
  if (disks !== 0 || view.getUint16(end + 8, true) !== short.count)
    return invalid("a zip file of several parts", "one part");
  const locator = end - LOCATOR.bytes;
  const long = locator - END64.bytes;
  const isLong = long >= 0 && view.getUint32(locator, true) === LOCATOR.signature;
  const place = isLong ? findLong(view, locator, long, fileSize, short) : E.right(short);
  if (E.isLeft(place)) return place;
  const { offset, size, count } = place.right;
  const directoryEnd = fileSize - tail.length + (isLong ? long : end);
  if (offset + size !== directoryEnd)
    return invalid(`a directory at bytes ${offset} to ${offset + size}`, `one that ends at ${directoryEnd}`);
  if (size > LARGEST_DIRECTORY)
    return invalid(`a directory of ${size} bytes`, `at most ${LARGEST_DIRECTORY}`);
  return count * CENTRAL.bytes <= size
    ? place
    : invalid(`${count} entries in a directory of ${size} bytes`, "fewer");
};

/** The records of zip64, which PyTorch always writes. They must agree with the short ones. */
const findLong = (
  view: DataView,
  locator: number,
  long: number,
  fileSize: number,
  short: DirectoryPlace,
): Checked<DirectoryPlace> => {
  const number = (at: number): number => Number(view.getBigUint64(at, true));
  const place = { count: number(long + 32), size: number(long + 40), offset: number(long + 48) };
  const agrees = (a: number, b: number, none: number): boolean => b === none || a === b;
  const isRight =
    view.getUint32(long, true) === END64.signature &&
    number(long + 4) === END64.bytes - 12 &&
    number(locator + 8) === fileSize - view.byteLength + long &&
    view.getUint32(locator + 4, true) === 0 &&
    view.getUint32(locator + 16, true) === 1 &&
    number(long + 16) === 0 &&
    number(long + 24) === place.count &&
    agrees(place.count, short.count, 0xffff) &&
    agrees(place.size, short.size, 0xffffffff) &&
    agrees(place.offset, short.offset, 0xffffffff);
  return isRight
    ? E.right(place)
    : invalid("zip64 records that disagree", "a directory that all records agree about");
};

/** Sizes and offset. Those that do not fit into 32 bits are in the field 1 of `extra`. */
const longNumbers = (extra: DataView, numbers: readonly number[]): Checked<readonly number[]> => {
  if (!numbers.includes(0xffffffff)) return E.right(numbers);
  let at = 0;
  while (at + 4 <= extra.byteLength) {
    const [id, length] = [extra.getUint16(at, true), extra.getUint16(at + 2, true)];
    const end = at + 4 + length;
    if (end > extra.byteLength) break;
    if (id === 1) {
      let next = at + 4;
      const found = numbers.map((number) => {
        if (number !== 0xffffffff) return number;
        next += 8;
        return next > end ? Number.NaN : Number(extra.getBigUint64(next - 8, true));
      });
      return found.every((number) => Number.isSafeInteger(number))
        ? E.right(found)
        : invalid("zip64 sizes that are not whole numbers", "whole numbers");
    }
    at = end;
  }
  return invalid("an entry without its sizes of zip64", "whole numbers");
};

const nameProblem = (name: string): string | null => {
  if (name === "" || name.length > 1024) return "an empty or very long name";
  const hasControls = [...name].some((character) => character < " ");
  if (hasControls || /\\|^([A-Za-z]:|\/)/.test(name)) return "a name that is not a plain path";
  return name.split("/").includes("..") ? "a name that leads out of its folder" : null;
};

interface Listed extends Omit<ZipEntry, "limit"> {
  readonly next: number;
}

const entryAt = (bytes: Uint8Array, at: number): Checked<Listed> => {
  const view = viewOf(bytes);
  if (at + CENTRAL.bytes > bytes.length || view.getUint32(at, true) !== CENTRAL.signature)
    return invalid("a directory with something else in it", "a list of entries");
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const [nameLength, extraLength] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
  const nameEnd = at + CENTRAL.bytes + nameLength;
  const next = nameEnd + extraLength + view.getUint16(at + 32, true);
  if (next > bytes.length) return invalid("an entry that extends beyond the directory", "a list of entries");
  const rawName = bytes.subarray(at + CENTRAL.bytes, nameEnd);
  let name: string;
  try {
    name = UTF8.decode(rawName);
  } catch {
    return invalid("an entry whose name is not text", "UTF-8");
  }
  const problem = nameProblem(name);
  if (problem !== null) return invalid(`${problem}: ${quoted(name)}`, "names as PyTorch writes them");
  if ((flags & 0x2041) !== 0) return invalid(`the encrypted entry ${quoted(name)}`, "no encryption");
  if (method !== 0 && method !== 8)
    return invalid(`${quoted(name)} compressed by method ${method}`, "entries stored or deflated");
  const numbers = longNumbers(new DataView(bytes.buffer, bytes.byteOffset + nameEnd, extraLength), [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true),
  ]);
  return E.map(([size = 0, stored = 0, header = 0]: readonly number[]) => ({
    name,
    isDeflated: method === 8,
    crc: view.getUint32(at + 16, true),
    stored,
    size,
    header,
    next,
  }))(numbers);
};

/** Deflate can turn one byte into at most this many. */
const MOST_INFLATED = 1032;

/** Content may be this many times its stored bytes, or LITTLE bytes. Weights hardly compress. */
const MOST_COMPRESSED = 16;
const LITTLE = 2 ** 26;

const checkSizes = ({ name, isDeflated, stored, size }: Listed): Checked<void> => {
  const most = isDeflated
    ? Math.min(stored * MOST_INFLATED, Math.max(LITTLE, stored * MOST_COMPRESSED))
    : stored;
  const isRight = isDeflated ? size <= most : size === stored;
  return isRight
    ? E.right(undefined)
    : invalid(
        `${quoted(name)} that claims ${size} bytes in ${stored} of the file`,
        isDeflated ? `at most ${most}` : "as many",
      );
};

/** Entries by name. They must follow one another, and each must end before the directory. */
export const readDirectory = (
  bytes: Uint8Array,
  { offset, count }: DirectoryPlace,
): Checked<ReadonlyMap<string, ZipEntry>> => {
  const listed: Listed[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const entry = entryAt(bytes, at);
    if (E.isLeft(entry)) return entry;
    const sizes = checkSizes(entry.right);
    if (E.isLeft(sizes)) return sizes;
    listed.push(entry.right);
    at = entry.right.next;
  }
  if (at !== bytes.length) return invalid(`${count} entries and something after them`, "entries alone");
  listed.sort((a, b) => a.header - b.header);
  const entries = new Map<string, ZipEntry>();
  for (const [i, { next: _, ...entry }] of listed.entries()) {
    const limit = listed[i + 1]?.header ?? offset;
    if (entry.header + LOCAL.bytes + entry.stored > limit)
      return invalid(`${quoted(entry.name)} that overlaps what follows it`, "entries one after another");
    if (entries.has(entry.name)) return invalid(`${quoted(entry.name)} twice`, "each name once");
    entries.set(entry.name, { ...entry, limit });
  }
  return E.right(entries);
};
