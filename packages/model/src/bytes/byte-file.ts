/**
 * Files that can be anywhere: on a disk, in memory, in a Blob or in a server's response. A file opens a source of its
 * bytes, as a runtime opens an engine. Readers ask a source for ranges of bytes, so to describe a large file they read
 * only its header.
 */
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { FileUnreadable } from "../errors.ts";

export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /**
   * `length` bytes from the byte `from` on, fewer if the source ends before. The caller may keep and change them.
   * Rejects if they cannot be read, with the reason as the message.
   */
  read(from: number, length: number): Promise<Uint8Array>;
  /** Closes the source, which is not used afterwards. */
  close(): Promise<void>;
}

export interface ByteFile {
  /** The name in messages: a path, an address, or another name that tells the user which file is meant. */
  readonly name: string;
  /** The caller closes the source. A file may be opened again. */
  readonly open: TE.TaskEither<FileUnreadable, ByteSource>;
}
