/** The things used last, as many as fit a number of bytes. */

export interface ByteCache<A> {
  /** What is kept under a key; it counts as used now. */
  get(key: number): A | undefined;
  /** Keeps a thing of so many bytes, if they fit at all, and drops those that were used longest ago. */
  put(key: number, value: A, bytes: number): void;
  /** Bytes kept. */
  bytes(): number;
}

export const byteCache = <A>(limit: number): ByteCache<A> => {
  // A Map remembers in what order its keys were put in: the first is the one used longest ago.
  const kept = new Map<number, { readonly value: A; readonly bytes: number }>();
  let total = 0;
  const drop = (key: number): void => {
    total -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  return {
    get: (key) => {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.value;
    },
    put: (key, value, bytes) => {
      drop(key);
      if (bytes > limit) return;
      for (const oldest of kept.keys()) {
        if (total + bytes <= limit) break;
        drop(oldest);
      }
      kept.set(key, { value, bytes });
      total += bytes;
    },
    bytes: () => total,
  };
};
