/** A table of limited size that drops the value that was used longest ago. */

export interface RecentlyUsed<V> {
  /** The value of that key. It is made if it is not in the table. */
  (key: string, make: () => V): V;
  /** Drops everything. */
  readonly close: () => Promise<void>;
}

/** `forget` frees what a value holds. If that fails, later users do not see the error. */
export const recentlyUsed = <V>(most: number, forget: (value: V) => Promise<void>): RecentlyUsed<V> => {
  const table = new Map<string, V>();
  const drop = async (value: V): Promise<void> => {
    try {
      await forget(value);
    } catch {
      // If making the value failed, there is nothing to free.
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
