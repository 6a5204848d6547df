/** Reading parts of an open file, in pieces, so that a large part needs no copy of itself. */
import type { FileHandle } from "node:fs/promises";

/** What one read asks the system for at most. */
const PIECE = 2 ** 22;

/** Fills `target` from `position` on; gives how many bytes there were. `seen` is told each piece in turn. */
export const readInto = async (
  handle: FileHandle,
  position: number,
  target: Uint8Array,
  seen: (piece: Uint8Array) => void = () => undefined,
): Promise<number> => {
  let filled = 0;
  while (filled < target.length) {
    const length = Math.min(PIECE, target.length - filled);
    const { bytesRead } = await handle.read(target, filled, length, position + filled);
    if (bytesRead === 0) break;
    seen(target.subarray(filled, filled + bytesRead));
    filled += bytesRead;
  }
  return filled;
};

/** Up to `length` bytes from `position`; fewer where the file ends. */
export const readBytes = async (
  handle: FileHandle,
  position: number,
  length: number,
  seen?: (piece: Uint8Array) => void,
): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, await readInto(handle, position, bytes, seen));
};

/** Passes over a part of the file in one small buffer; gives how many bytes there were. */
export const scanBytes = async (
  handle: FileHandle,
  position: number,
  length: number,
  seen: (piece: Uint8Array) => void,
): Promise<number> => {
  const buffer = new Uint8Array(Math.min(PIECE, length));
  let passed = 0;
  while (passed < length) {
    const piece = buffer.subarray(0, Math.min(PIECE, length - passed));
    const read = await readInto(handle, position + passed, piece, seen);
    if (read === 0) break;
    passed += read;
  }
  return passed;
};
