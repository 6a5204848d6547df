/** Where a file's bytes go, one part after another, so that a writer holds no more than one part. */
export interface ByteSink {
  /** What messages call the file. */
  readonly name: string;
  /** Appends the bytes. Rejects where they cannot be written; a message tells the reason. */
  write(bytes: Uint8Array): Promise<void>;
}

export interface MemorySink extends ByteSink {
  /** All that has been written so far. */
  bytes(): Uint8Array;
}

/** Collects what is written, in memory. */
export const sinkInMemory = (name: string): MemorySink => {
  const parts: Uint8Array[] = [];
  return {
    name,
    write: async (bytes) => {
      parts.push(bytes.slice());
    },
    bytes: () => {
      const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        result.set(part, at);
        at += part.length;
      }
      return result;
    },
  };
};
