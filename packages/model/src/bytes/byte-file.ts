/**
 * Files that need not lie on a disk: memory, a Blob or a server's response will do. A file opens a source of its
 * bytes, as a runtime opens an engine. Readers ask a source for ranges, so that telling what a large file is costs
 * no more than its header.
 */
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { FileUnreadable } from "../errors.ts";

export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /**
   * `length` bytes from the byte `from` on, fewer where the source ends. The caller may keep and change them.
   * Rejects where they cannot be read; a message tells the reason.
   */
  read(from: number, length: number): Promise<Uint8Array>;
  /** Gives back what the source holds. It is not used afterwards. */
  close(): Promise<void>;
}

export interface ByteFile {
  /** What messages call it: a path, an address, or a name that tells the user which one is meant. */
  readonly name: string;
  /** The caller closes the source. A file may be opened again. */
  readonly open: TE.TaskEither<FileUnreadable, ByteSource>;
}
