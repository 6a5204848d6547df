/** The values used last, as many as fit into a number of bytes. */

export interface ByteCache<A> {
  /** The value of a key; it now counts as used. */
  get(key: number): A | undefined;
  /** Keeps a value of `bytes` bytes, if it fits at all, and drops the values that were used longest ago. */
  put(key: number, value: A, bytes: number): void;
  /** The bytes of all kept values. */
  bytes(): number;
}

export const byteCache = <A>(limit: number): ByteCache<A> => {
  // A Map keeps the order in which its keys were inserted: the first is the one used longest ago.
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
