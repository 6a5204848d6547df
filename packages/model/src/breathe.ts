/** Lets signals, timers and input be handled between two pieces of work. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
