/** Why the worker could not do what the page asked for. */
import type { RuntimeError } from "@tadsr/core";
import type { UpscaleError } from "@tadsr/model";
import { firstLine, onOneLine } from "@tadsr/model/file-reason";

/**
 * - `aborted`: the page's signal stopped it.
 * - `invalid-picture`: the browser cannot decode the file.
 * - `too-large`: memory, or the format, has no room for the result.
 * - `invalid-model`: the files make no model that is known here, or an option is wrong for it.
 * - `runtime-unavailable`: the runtime that was asked for cannot be opened.
 * - `out-of-memory`: the device has no room for the work, with smaller tiles neither.
 * - `device-lost`: the graphics card was taken away. The next picture opens it again.
 * - `engine-failed`: the runtime gave an error, or numbers that are not finite.
 * - `not-downloaded`: the server could not be reached, or sent something else.
 * - `wrong-checksum`: the weights that arrived are not the ones that were meant. The copy was removed.
 * - `format-unavailable`: the browser cannot write this format.
 * - `ended`: the worker was closed, or its script could not run.
 */
export type WorkerErrorCode =
  | "aborted"
  | "invalid-picture"
  | "too-large"
  | "invalid-model"
  | "runtime-unavailable"
  | "out-of-memory"
  | "device-lost"
  | "engine-failed"
  | "not-downloaded"
  | "wrong-checksum"
  | "format-unavailable"
  | "ended";

export interface WorkerError {
  readonly _tag: "WorkerError";
  readonly code: WorkerErrorCode;
  /** One line: what was wrong, and what to do. */
  readonly message: string;
}

export const workerError = (code: WorkerErrorCode, message: string): WorkerError => ({
  _tag: "WorkerError",
  code,
  message,
});

/** Whatever nobody foresaw, in one line. */
export const unforeseen = (thrown: unknown): WorkerError =>
  workerError("engine-failed", `${firstLine(thrown)}; load the page again`);

export const ofModel = (error: { readonly message: string }): WorkerError =>
  workerError("invalid-model", onOneLine(error));

export const ofRuntime = ({ message }: RuntimeError): WorkerError =>
  workerError("runtime-unavailable", message);

export const ofUpscaling = (error: UpscaleError): WorkerError => {
  const { message } = error;
  switch (error._tag) {
    case "Aborted":
      return workerError("aborted", message);
    case "InvalidPicture":
      return workerError("too-large", message);
    case "InvalidOption":
      return workerError("invalid-model", message);
    case "NotFinite":
      return workerError("engine-failed", message);
    case "EngineFailed":
      switch (error.reason) {
        case "device-lost":
        case "out-of-memory":
          return workerError(error.reason, message);
        case "closed":
        case "refused":
        case "unknown":
          return workerError("engine-failed", message);
      }
  }
};
