/** A runtime that loads its library when it is opened, so that importing the runtime never fails. */
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Engine, type Runtime, type RuntimeError, runtimeUnavailable } from "./engine.ts";

/** The relative error of one float32 operation: sums of a few hundred products have about this rounding error. */
export const FLOAT32_EPSILON = 1e-6;

export interface LazyRuntime<T> {
  readonly name: string;
  /** As of the engine: `FLOAT32_EPSILON` by default. */
  readonly epsilon?: number;
  /** Imports the library and makes the engine. */
  readonly load: () => Promise<Engine<T>>;
  /** What is missing if that fails, unless it throws a `missingError`. The first line of the reason is added. */
  readonly missing: string;
  /** The command that installs it. */
  readonly remedy: string;
}

/** What is missing, and what repairs it. */
export type Missing = Pick<RuntimeError, "missing" | "remedy">;

/** What `load` throws if it knows what is missing. */
export const missingError = (missing: Missing): Error => new Error(missing.missing, { cause: missing });

const missingIn = (thrown: unknown): Missing | null => {
  const cause = thrown instanceof Error ? thrown.cause : null;
  return typeof cause === "object" && cause !== null && "missing" in cause && "remedy" in cause
    ? { missing: String(cause.missing), remedy: String(cause.remedy) }
    : null;
};

/** The first line of what was thrown. */
export const firstLine = (thrown: unknown): string =>
  String(thrown instanceof Error ? thrown.message : thrown).split("\n")[0] ?? "";

export const lazyRuntime = <T>({
  name,
  epsilon = FLOAT32_EPSILON,
  load,
  missing,
  remedy,
}: LazyRuntime<T>): Runtime<T> => ({
  name,
  epsilon,
  open: TE.tryCatch(load, (thrown) => {
    const told = missingIn(thrown) ?? { missing: `${missing} (${firstLine(thrown)})`, remedy };
    return runtimeUnavailable(name, told.missing, told.remedy);
  }),
});
