/** Handles Ctrl-C and similar signals: undoes what was begun, and the exit code tells the signal. */

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Undoes something. Gives a promise if the process must wait for it. */
export type Undo = () => void | Promise<void>;

/**
 * Handles SIGINT and SIGTERM until the process ends: undoes what is registered, last first, then exits with 128 plus
 * the signal's number. A second signal exits without waiting. Returns a function that registers something to undo; that
 * function returns one that cancels the registration.
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
      // If everything could be undone at once, it exits at once: nothing may begin in between.
      if (waiting.every((promise) => promise === undefined)) return leave(code);
      void Promise.allSettled(waiting).then(() => leave(code));
    });
  }
  return (undo) => {
    undoing.add(undo);
    return () => void undoing.delete(undo);
  };
};
