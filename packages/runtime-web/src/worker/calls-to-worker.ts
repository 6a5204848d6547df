/** Calls over messages: each has a number, by which its answer is found. */
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { CallName, Calls, FromWorker, ToWorker } from "./messages.ts";
import { type WorkerError, workerError } from "./worker-error.ts";

/** What is used of a `Worker`. */
export interface WorkerLike {
  postMessage(message: ToWorker): void;
  addEventListener(type: "message", listener: (event: MessageEvent<FromWorker>) => void): void;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
  terminate(): void;
}

export interface CallsToWorker {
  readonly call: <K extends CallName>(
    type: K,
    ask: Calls[K]["ask"],
  ) => TE.TaskEither<WorkerError, Calls[K]["answer"]>;
  readonly tell: (message: Extract<ToWorker, { type: "abort" | "forget" }>) => void;
  /** Gives every message that is no answer to `listener`, until the returned function is called. */
  readonly listen: (listener: (message: FromWorker) => void) => () => void;
  readonly close: () => void;
}

const closed = workerError("ended", "the worker was closed; open a new one");

const broken = ({ message }: { readonly message?: string }): WorkerError => {
  const why = message === undefined || message === "" ? "its script cannot be loaded" : message;
  return workerError("ended", `the worker failed (${why}); load the page again`);
};

export const callsTo = (worker: WorkerLike): CallsToWorker => {
  const waiting = new Map<number, (answer: E.Either<WorkerError, Calls[CallName]["answer"]>) => void>();
  const listeners = new Set<(message: FromWorker) => void>();
  let calls = 0;
  let ended: WorkerError | null = null;

  const end = (error: WorkerError): void => {
    ended ??= error;
    worker.terminate();
    for (const settle of waiting.values()) settle(E.left(ended));
    waiting.clear();
    listeners.clear();
  };
  worker.addEventListener("error", (event) => end(broken(event)));
  worker.addEventListener("message", ({ data }) => {
    if (data.type !== "answer") {
      for (const listener of [...listeners]) listener(data);
      return;
    }
    waiting.get(data.id)?.(data.answer);
    waiting.delete(data.id);
  });

  const call =
    <K extends CallName>(type: K, ask: Calls[K]["ask"]): TE.TaskEither<WorkerError, Calls[K]["answer"]> =>
    () => {
      if (ended !== null) return Promise.resolve(E.left(ended));
      const id = calls++;
      return new Promise((resolve) => {
        // The worker answers a call with its own kind of answer: both sides have one table.
        waiting.set(id, resolve as (answer: E.Either<WorkerError, Calls[CallName]["answer"]>) => void);
        worker.postMessage({ type, id, ask } as ToWorker);
      });
    };

  return {
    call,
    tell: (message) => {
      if (ended === null) worker.postMessage(message);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close: () => end(closed),
  };
};
