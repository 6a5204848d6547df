/** Files on a disk, as the readers of @tadsr/model take them. */
import { type FileHandle, open } from "node:fs/promises";
import { type ByteFile, type ByteSource, fileUnreadable } from "@tadsr/model";
import * as TE from "fp-ts/lib/TaskEither.js";

/** What one read asks the system for at most. */
const PIECE = 2 ** 22;

/** Up to `length` bytes; fewer where the file ends. */
const readAt = async (handle: FileHandle, from: number, length: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const piece = Math.min(PIECE, length - filled);
    const { bytesRead } = await handle.read(bytes, filled, piece, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
};

const sourceOf = async (handle: FileHandle): Promise<ByteSource> => {
  try {
    const { size } = await handle.stat();
    return {
      size,
      read: (from, length) => readAt(handle, from, Math.min(length, Math.max(0, size - from))),
      close: () => handle.close(),
    };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
};

/** The file of that path, by which messages call it. It is open from `open` to `close`. */
export const fileOnDisk = (path: string): ByteFile => ({
  name: path,
  open: TE.tryCatch(
    async () => sourceOf(await open(path, "r")),
    (thrown) => fileUnreadable(path, thrown),
  ),
});
