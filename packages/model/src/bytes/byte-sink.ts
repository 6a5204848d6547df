/** A writer's destination. It takes a file's bytes part by part, so a writer holds only one part at a time. */
export interface ByteSink {
  /** The file's name in messages. */
  readonly name: string;
  /** Appends the bytes. Rejects if they cannot be written, with the reason as the message. */
  write(bytes: Uint8Array): Promise<void>;
}

export interface MemorySink extends ByteSink {
  /** All that has been written so far. */
  bytes(): Uint8Array;
}

/** Collects the written bytes in memory. */
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
