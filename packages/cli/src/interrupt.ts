/** Ctrl-C and its kin: what was begun is undone, and the exit code says which signal it was. */

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Handles SIGINT and SIGTERM until the process ends: undoes what is registered, last first, then
 * leaves with 128 plus the signal's number. Returns how to register.
 */
export const handleInterrupts = (leave: (code: number) => void): ((undo: () => void) => () => void) => {
  const undoing = new Set<() => void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      for (const undo of [...undoing].reverse()) undo();
      leave(EXIT_CODES[signal]);
    });
  }
  return (undo) => {
    undoing.add(undo);
    return () => void undoing.delete(undo);
  };
};
