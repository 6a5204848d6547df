/** A model on a runtime, whatever its kind. */
import type { UpscaleError } from "@tadsr/model";
import type { Settings, Upscaler } from "@tadsr/upscale";
import { type Failure, firstLine, runtimeFailure } from "../failure.ts";
import { plural } from "../plural.ts";
import type { Enlarger } from "./one-picture.ts";

export interface OpenModel extends Enlarger, Pick<Upscaler, "name" | "parameters" | "settings" | "work"> {
  readonly runtime: string;
  /** Releases the weights and gives the runtime back. */
  readonly close: () => Promise<void>;
}

export const upscaleFailure = (error: UpscaleError): Failure => runtimeFailure(firstLine(error.message));

/** As it stands in a line for a person: `1 step, seed 0`; nothing of a network that does not sample. */
export const sampledWords = ({ seed, steps }: Settings, more: readonly string[] = []): readonly string[] =>
  seed === undefined || steps === undefined ? [] : [plural(steps, "step"), ...more, `seed ${seed}`];
