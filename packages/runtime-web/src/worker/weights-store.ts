/** Files that a browser keeps for a site, in its private file system (OPFS). They outlive the page. */

export interface StoredFile {
  readonly size: number;
  /** Throws if there is no room for all of the bytes, and then has what it had before. */
  append(bytes: Uint8Array): void;
  read(): Uint8Array<ArrayBuffer>;
  /** Makes it empty. */
  clear(): void;
  /** Writes all to the disk, and lets others open it. */
  close(): void;
}

export interface WeightsStore {
  /** A file, empty if it was not there. Null if it cannot be had: it is open elsewhere, or the browser keeps nothing. */
  open(name: string): Promise<StoredFile | null>;
  /** Removes every file that is not open. */
  empty(): Promise<void>;
}

/** One for a worker's file. TypeScript's library has it for workers only. */
interface SyncAccess {
  getSize(): number;
  read(bytes: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

interface FileHandle {
  createSyncAccessHandle(): Promise<SyncAccess>;
}

const FOLDER = "tadsr-weights";

const storedFile = (access: SyncAccess): StoredFile => {
  let size = access.getSize();
  return {
    get size() {
      return size;
    },
    append: (bytes) => {
      const written = access.write(bytes, { at: size });
      if (written < bytes.length) {
        access.truncate(size);
        throw new Error("the browser's storage is full");
      }
      size += written;
    },
    read: () => {
      const bytes = new Uint8Array(size);
      access.read(bytes, { at: 0 });
      return bytes;
    },
    clear: () => {
      access.truncate(0);
      size = 0;
    },
    close: () => {
      try {
        access.flush();
      } finally {
        access.close();
      }
    },
  };
};

/** The private file system of a page's site, for a worker. */
export const privateFiles: WeightsStore = {
  open: async (name) => {
    try {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle(FOLDER, { create: true });
      const handle = await folder.getFileHandle(name, { create: true });
      return storedFile(await (handle as unknown as FileHandle).createSyncAccessHandle());
    } catch {
      return null;
    }
  },
  empty: async () => {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(FOLDER, { recursive: true }).catch((thrown: unknown) => {
      if (!(thrown instanceof DOMException && thrown.name === "NotFoundError")) throw thrown;
    });
  },
};
