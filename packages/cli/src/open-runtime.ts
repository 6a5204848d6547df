/** Opens the runtime that the user asked for. */
import type { Engine } from "@tadsr/core";
import {
  preference,
  type RuntimeName,
  type RuntimeOptions,
  runtimeWith,
  singleThreaded,
} from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, runtimeFailure, usageFailure } from "./failure.ts";
import type { RuntimeChoice } from "./upscale/options.ts";

export interface OpenOptions extends RuntimeOptions {
  /** The runtimes that `auto` tries, in this order; by speed if left out. */
  readonly candidates?: readonly RuntimeName[];
}

/**
 * A runtime that the user names opens, or the error says how to fix it. `auto` takes the first runtime that opens, in
 * the order of preference. The chosen one is printed with every picture.
 */
export const openRuntime =
  (
    choice: RuntimeChoice,
    { candidates = preference, ...options }: OpenOptions = {},
  ): TE.TaskEither<Failure, Engine<unknown>> =>
  async () => {
    const tried = choice === "auto" ? candidates : [choice];
    const reasons: string[] = [];
    for (const name of tried) {
      const { threads } = options;
      if (threads !== undefined && threads > 1 && singleThreaded.has(name)) {
        reasons.push(
          `--threads ${threads}: runtime ${name} uses one thread; leave --threads out or take onnx`,
        );
        continue;
      }
      const opened = await runtimeWith(name, options).open();
      if (E.isRight(opened)) return opened;
      const { missing, remedy } = opened.left;
      reasons.push(`runtime ${name} cannot be opened: ${missing} is missing; ${remedy}`);
    }
    const text = reasons.join("; ");
    return E.left(text.startsWith("--threads") ? usageFailure(text) : runtimeFailure(text));
  };
