/** Downloads a file once, checks it by its checksum at every use, and goes on where a download broke off. */
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { WeightsFile } from "./weights-manifest.ts";
import type { StoredFile, WeightsStore } from "./weights-store.ts";
import { type WorkerError, workerError } from "./worker-error.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface WeightsCache {
  /** The file's bytes. `onReceived` is told how many there are already, whenever more arrived. */
  get(
    file: WeightsFile,
    address: string,
    onReceived: (bytes: number) => void,
  ): TE.TaskEither<WorkerError, Bytes>;
  empty(): TE.TaskEither<WorkerError, null>;
}

export interface CacheParts {
  readonly store: WeightsStore;
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
}

/** How often a download that breaks off is taken up again. */
const ATTEMPTS = 3;

/** Where the browser keeps nothing, the same in memory. */
const inMemory = (): StoredFile => {
  let parts: Uint8Array[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    append: (bytes) => {
      parts.push(bytes);
      size += bytes.length;
    },
    read: () => {
      const whole = new Uint8Array(size);
      let at = 0;
      for (const part of parts) {
        whole.set(part, at);
        at += part.length;
      }
      return whole;
    },
    clear: () => {
      parts = [];
      size = 0;
    },
    close: () => undefined,
  };
};

/**
 * `stored` while it has room, and memory from then on. A part of a file that does not fit is of no use, so it is removed
 * from `stored`.
 */
const withRoom = (stored: StoredFile): StoredFile => {
  let file = stored;
  return {
    get size() {
      return file.size;
    },
    append: (bytes) => {
      try {
        file.append(bytes);
      } catch (thrown) {
        if (file !== stored) throw thrown;
        const memory = inMemory();
        memory.append(stored.read());
        memory.append(bytes);
        stored.clear();
        file = memory;
      }
    },
    read: () => file.read(),
    clear: () => file.clear(),
    close: () => {
      try {
        stored.close();
      } catch {
        // The disk is full. The next visit finds by the checksum that the file is not whole.
      }
    },
  };
};

const hexadecimal = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

const sha256 = async (bytes: Bytes): Promise<string> =>
  hexadecimal(await crypto.subtle.digest("SHA-256", bytes));

/** A server that ignores the range sends the whole file: then what was there is no use. */
const startsAt = (response: Response, size: number): boolean =>
  response.status === 206 && (response.headers.get("Content-Range") ?? "").startsWith(`bytes ${size}-`);

const notDownloaded = (address: string, why: string): WorkerError =>
  workerError("not-downloaded", `${address}: ${why}; look at the connection and try again`);

/** Appends what is missing. Gives an error's text if it broke off. */
const receive = async (
  stored: StoredFile,
  { bytes }: WeightsFile,
  address: string,
  { fetch }: CacheParts,
  onReceived: (bytes: number) => void,
): Promise<string | null> => {
  try {
    const range = stored.size === 0 ? {} : { headers: { Range: `bytes=${stored.size}-` } };
    const response = await fetch(address, range);
    if (!response.ok || response.body === null) {
      // 416: the server has no such range, so what is there is of another file.
      if (response.status === 416) stored.clear();
      return `the server answered ${response.status} ${response.statusText}`.trim();
    }
    if (!startsAt(response, stored.size)) stored.clear();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return null;
      stored.append(value);
      onReceived(stored.size);
      if (stored.size > bytes) {
        await reader.cancel();
        return null;
      }
    }
  } catch (thrown) {
    return firstLine(thrown);
  }
};

const getInto = async (
  stored: StoredFile,
  file: WeightsFile,
  address: string,
  parts: CacheParts,
  onReceived: (bytes: number) => void,
): Promise<E.Either<WorkerError, Bytes>> => {
  let failure: string | null = null;
  for (let attempt = 0; attempt < ATTEMPTS && stored.size < file.bytes; attempt++)
    failure = await receive(stored, file, address, parts, onReceived);
  if (stored.size < file.bytes) {
    const part = `${stored.size} of ${file.bytes} bytes arrived`;
    return E.left(notDownloaded(address, failure === null ? part : `${failure} (${part})`));
  }
  const bytes = stored.read();
  const found = await sha256(bytes);
  if (bytes.length === file.bytes && found === file.sha256) return E.right(bytes);
  stored.clear();
  const message =
    `${address}: found the checksum ${found.slice(0, 12)}, expected ${file.sha256.slice(0, 12)}; ` +
    "the bad copy was removed: try again, and if it stays wrong, tell whoever runs the site";
  return E.left(workerError("wrong-checksum", message));
};

export const weightsCache = (parts: CacheParts): WeightsCache => ({
  get: (file, address, onReceived) => async () => {
    const stored = withRoom((await parts.store.open(file.sha256)) ?? inMemory());
    try {
      return await getInto(stored, file, address, parts, onReceived);
    } catch (thrown) {
      // The store was taken away, for instance.
      return E.left(workerError("not-downloaded", `${address}: it cannot be kept: ${firstLine(thrown)}`));
    } finally {
      stored.close();
    }
  },
  empty: () => async () => {
    try {
      await parts.store.empty();
      return E.right(null);
    } catch (thrown) {
      return E.left(
        workerError(
          "not-downloaded",
          `the kept weights: ${firstLine(thrown)}; close other tabs of this page`,
        ),
      );
    }
  },
});
