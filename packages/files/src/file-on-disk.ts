/** Files on a disk, in the form that the readers of @tadsr/model take. */
import { type FileHandle, open } from "node:fs/promises";
import { type ByteFile, type ByteSource, fileUnreadable } from "@tadsr/model";
import * as TE from "fp-ts/lib/TaskEither.js";

/** The most bytes that one read asks the system for. */
const PIECE = 2 ** 22;

/** Up to `length` bytes; fewer if the file ends before. */
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

/** The file at that path; messages use the path as its name. It is open from `open` to `close`. */
export const fileOnDisk = (path: string): ByteFile => ({
  name: path,
  open: TE.tryCatch(
    async () => sourceOf(await open(path, "r")),
    (thrown) => fileUnreadable(path, thrown),
  ),
});
