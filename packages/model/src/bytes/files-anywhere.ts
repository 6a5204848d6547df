/** Files in memory, in a Blob, or from a server. */
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { fileUnreadable } from "../errors.ts";
import type { ByteFile, ByteSource } from "./byte-file.ts";

/** A file in memory. The bytes are not copied: if they change, the file changes. */
export const fileInMemory = (name: string, bytes: Uint8Array): ByteFile => ({
  name,
  open: TE.right({
    size: bytes.length,
    read: async (from, length) => bytes.slice(from, from + length),
    close: async () => undefined,
  }),
});

const sourceOfBlob = (blob: Blob): ByteSource => ({
  size: blob.size,
  read: async (from, length) => new Uint8Array(await blob.slice(from, from + length).arrayBuffer()),
  close: async () => undefined,
});

/** A Blob, such as a file that the user of a page has chosen. Only the ranges that are asked for are read. */
export const fileOfBlob = (name: string, blob: Blob): ByteFile => ({
  name,
  open: TE.right(sourceOfBlob(blob)),
});

/**
 * A response of `fetch`. Its body is received when the file is first opened, and kept; the browser decides where. A
 * status such as 404 is an error. The name is the address that answered, unless another name is given.
 */
export const fileOfResponse = (response: Response, name: string = response.url): ByteFile => {
  let received: Promise<Blob> | null = null;
  return {
    name,
    open: async () => {
      if (!response.ok) {
        const answer = `${response.status} ${response.statusText}`.trim();
        return E.left(fileUnreadable(name, `the server answered ${answer}`));
      }
      try {
        received ??= response.blob();
        return E.right(sourceOfBlob(await received));
      } catch (thrown) {
        return E.left(fileUnreadable(name, thrown));
      }
    },
  };
};
