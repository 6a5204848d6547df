/**
 * onnxruntime-web. Each of its two builds is one WebAssembly module for the whole page. Its settings are read when it
 * starts, and it does one thing at a time.
 */
import { missingError } from "@tadsr/core";

export type OnnxLibrary = typeof import("onnxruntime-web");

/** What cannot be changed once the module has started. */
export interface LibrarySettings {
  readonly threads: number;
  /** The address of the folder with the library's .wasm and .mjs files; null for where its code lies. */
  readonly files: string | null;
}

export interface StartedLibrary {
  readonly library: OnnxLibrary;
  /** Runs work of the library when all that was asked for before is done. */
  readonly inTurn: <A>(work: () => Promise<A>) => Promise<A>;
}

const sameAs = (a: LibrarySettings, b: LibrarySettings): boolean =>
  a.threads === b.threads && a.files === b.files;

const shown = ({ threads, files }: LibrarySettings): string =>
  `${threads} ${threads === 1 ? "thread" : "threads"}, files ${files ?? "beside its code"}`;

/** Loads a build once. Asking for it again with other settings is an error, with a `Missing` as its cause. */
export const startingOnce = (
  load: () => Promise<OnnxLibrary>,
): ((settings: LibrarySettings) => Promise<StartedLibrary>) => {
  let started: LibrarySettings | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <A>(work: () => Promise<A>): Promise<A> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return async (settings) => {
    if (started !== null && !sameAs(started, settings))
      throw missingError({
        missing: `a second copy of ONNX Runtime: it runs with ${shown(started)}, and ${shown(settings)} is asked for`,
        remedy: "open it with the same settings, or in another worker",
      });
    started = settings;
    const library = await load();
    // Errors are thrown, and reported in this project's words, so ONNX Runtime need not print them.
    library.env.logLevel = "fatal";
    library.env.wasm.numThreads = settings.threads;
    if (settings.files !== null) library.env.wasm.wasmPaths = settings.files;
    return { library, inTurn };
  };
};
