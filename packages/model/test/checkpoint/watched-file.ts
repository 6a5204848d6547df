/** A file in memory that reports how it is used. */
import * as TE from "fp-ts/lib/TaskEither.js";
import { type ByteFile, type ByteSource, fileInMemory } from "../../src/index.ts";

export interface Use {
  /** The number of sources opened so far, the number of those still open, and the bytes read from all. */
  readonly opened: number;
  readonly open: number;
  readonly bytes: number;
}

export interface WatchedFile {
  readonly file: ByteFile;
  readonly use: () => Use;
}

/** Reading fails from this read on. */
export const watchedFile = (bytes: Uint8Array, failing = Number.POSITIVE_INFINITY): WatchedFile => {
  const use = { opened: 0, open: 0, bytes: 0 };
  let reads = 0;
  const { name, open } = fileInMemory("watched", bytes);
  return {
    use: () => ({ ...use }),
    file: {
      name,
      open: TE.map((source: ByteSource): ByteSource => {
        use.opened += 1;
        use.open += 1;
        return {
          size: source.size,
          read: async (from, length) => {
            reads += 1;
            if (reads >= failing) throw new Error("the cable is out");
            use.bytes += length;
            return source.read(from, length);
          },
          close: async () => {
            use.open -= 1;
            await source.close();
          },
        };
      })(open),
    },
  };
};
