/** A model on a runtime, whatever its kind. */
import type { Picture, UpscaleError } from "@tadsr/model";
import type { Settings, UpscaleRequest, Upscaler } from "@tadsr/upscale";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import { type Failure, firstLine, runtimeFailure } from "../failure.ts";
import { plural } from "../plural.ts";

export interface OpenModel extends Pick<Upscaler, "name" | "factor" | "parameters" | "settings" | "work"> {
  readonly runtime: string;
  readonly upscale: (picture: Picture, request: UpscaleRequest) => TaskEither<Failure, Picture>;
  /** Releases the weights and closes the runtime. */
  readonly close: () => Promise<void>;
}

export const upscaleFailure = (error: UpscaleError): Failure => runtimeFailure(firstLine(error.message));

/** For a line that a person reads: `1 step, seed 0`; empty if the network does not sample. */
export const sampledWords = ({ seed, steps }: Settings, more: readonly string[] = []): readonly string[] =>
  seed === undefined || steps === undefined ? [] : [plural(steps, "step"), ...more, `seed ${seed}`];
