/** Ctrl-C and its kin: what was begun is undone, and the exit code says which signal it was. */

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Undoes something begun; a promise where the process must wait for it. */
export type Undo = () => void | Promise<void>;

/**
 * Handles SIGINT and SIGTERM until the process ends: undoes what is registered, last first, then
 * leaves with 128 plus the signal's number. A second signal leaves without waiting. Returns how to
 * register; what that returns takes the registration back.
 */
export const handleInterrupts = (leave: (code: number) => void): ((undo: Undo) => () => void) => {
  const undoing = new Set<Undo>();
  let isLeaving = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      const code = EXIT_CODES[signal];
      if (isLeaving) return leave(code);
      isLeaving = true;
      const waiting = [...undoing].reverse().map((undo) => undo());
      // What is undone at once is followed by leaving at once: nothing may begin in between.
      if (waiting.every((promise) => promise === undefined)) return leave(code);
      void Promise.allSettled(waiting).then(() => leave(code));
    });
  }
  return (undo) => {
    undoing.add(undo);
    return () => void undoing.delete(undo);
  };
};
