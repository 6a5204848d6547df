/** The errors of this package's promises. */
import type { DescribeError, InvalidPictureFile } from "@tadsr/files";
import type { NoRuntime } from "@tadsr/runtime-node";
import type { OpenUpscalerError } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Failure } from "../failure.ts";

export type TadsrErrorCode =
  /** An option is wrong, or one is missing. */
  | "invalid-option"
  /** No model, folder or file has this name. */
  | "unknown-model"
  /** The model's files cannot be read, are damaged, or do not belong together. */
  | "invalid-model"
  /** The picture cannot be read, is damaged, or its result is too large. */
  | "invalid-picture"
  /** The runtime cannot be opened; the message has the command that mends it. */
  | "no-runtime"
  /** The computation failed: most often memory ran out. */
  | "engine-failed"
  /** The `AbortSignal` stopped it. */
  | "aborted"
  /** The upscaler has been closed. */
  | "closed"
  /** The result cannot be written. */
  | "cannot-write";

/** The only class of errors here. The message is for a person, `code` is for a program. */
export class TadsrError extends Error {
  readonly code: TadsrErrorCode;

  constructor(code: TadsrErrorCode, message: string) {
    super(message);
    this.name = "TadsrError";
    this.code = code;
  }
}

/** Why something failed, as a value. */
export type Reason = DescribeError | OpenUpscalerError | NoRuntime | InvalidPictureFile | Failure;

const codeOf = ({ _tag }: Reason): TadsrErrorCode => {
  switch (_tag) {
    case "Usage":
    case "InvalidOption":
    case "AutoencoderMissing":
      return "invalid-option";
    case "UnknownModel":
      return "unknown-model";
    case "Input":
    case "InvalidPicture":
    case "InvalidPictureFile":
      return "invalid-picture";
    case "NoRuntime":
      return "no-runtime";
    case "Runtime":
    case "EngineFailed":
    case "NotFinite":
      return "engine-failed";
    case "Aborted":
      return "aborted";
    case "Output":
      return "cannot-write";
    default:
      return "invalid-model";
  }
};

const asError = (reason: Reason): TadsrError => new TadsrError(codeOf(reason), reason.message);

/** The value, or the error thrown. */
export const orThrow = <A>(result: E.Either<Reason, A>): A => {
  if (E.isLeft(result)) throw asError(result.left);
  return result.right;
};

export const promised = async <A>(task: TaskEither<Reason, A>): Promise<A> => orThrow(await task());
