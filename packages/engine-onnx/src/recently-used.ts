/** A bounded table that forgets what was used longest ago. */

export interface RecentlyUsed<V> {
  /** The value of that key, made where it is not there. */
  (key: string, make: () => V): V;
  /** Forgets everything. */
  readonly close: () => Promise<void>;
}

/** `forget` gives back what a value holds; a failure to do so is not the next user's. */
export const recentlyUsed = <V>(most: number, forget: (value: V) => Promise<void>): RecentlyUsed<V> => {
  const table = new Map<string, V>();
  const drop = async (value: V): Promise<void> => {
    try {
      await forget(value);
    } catch {
      // A value that never came to be has nothing to give back.
    }
  };
  const use = (key: string, make: () => V): V => {
    const known = table.get(key);
    const value = known ?? make();
    table.delete(key);
    table.set(key, value);
    if (value instanceof Promise) void value.catch(() => table.delete(key));
    for (const [oldest, old] of table) {
      if (table.size <= most) break;
      table.delete(oldest);
      void drop(old);
    }
    return value;
  };
  return Object.assign(use, {
    close: async () => {
      const values = [...table.values()];
      table.clear();
      for (const value of values) await drop(value);
    },
  });
};
