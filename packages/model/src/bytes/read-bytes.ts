/** Ways to read a file: whole, piece by piece, or held open. */
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type FileUnreadable, fileUnreadable } from "../errors.ts";
import type { ByteFile, ByteSource } from "./byte-file.ts";

/** Reads a whole file. */
export const readWhole = ({ name, open }: ByteFile): TE.TaskEither<FileUnreadable, Uint8Array> =>
  TE.bracket(
    open,
    (source) =>
      TE.tryCatch(
        () => source.read(0, source.size),
        (thrown) => fileUnreadable(name, thrown),
      ),
    (source) => TE.fromTask(() => source.close()),
  );

/**
 * Opens a file and makes something that keeps the source, to close it later. If `make` throws, the source is closed at
 * once, and the thrown error is the reason why the file cannot be read.
 */
export const openKept =
  <E1, A>(
    file: ByteFile,
    make: (name: string, source: ByteSource) => Promise<E.Either<E1, A>>,
  ): TE.TaskEither<E1 | FileUnreadable, A> =>
  async () => {
    const source = await file.open();
    if (E.isLeft(source)) return source;
    let isKept = false;
    try {
      const made = await make(file.name, source.right);
      isKept = E.isRight(made);
      return made;
    } catch (thrown) {
      return E.left(fileUnreadable(file.name, thrown));
    } finally {
      if (!isKept) await source.right.close();
    }
  };

/** Bytes of one read of `scanBytes`. */
const PIECE = 2 ** 22;

/** Reads a part of the source piece by piece, and gives how many bytes there were. */
export const scanBytes = async (
  source: ByteSource,
  from: number,
  length: number,
  seen: (piece: Uint8Array) => void,
): Promise<number> => {
  let passed = 0;
  while (passed < length) {
    const piece = await source.read(from + passed, Math.min(PIECE, length - passed));
    if (piece.length === 0) break;
    seen(piece);
    passed += piece.length;
  }
  return passed;
};
