/** From the runtime a user asked for to an engine that runs. */
import type { Engine } from "@tadsr/core";
import { preference, runtimes } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, runtimeFailure } from "./failure.ts";
import type { RuntimeChoice } from "./upscale/options.ts";

/**
 * A runtime named by the user opens or is an error with its remedy. `auto` is the first of the
 * runtimes' own preference that opens; what it was is printed with every picture.
 */
export const openRuntime =
  (choice: RuntimeChoice): TE.TaskEither<Failure, Engine<unknown>> =>
  async () => {
    const candidates = choice === "auto" ? preference : [choice];
    const reasons: string[] = [];
    for (const name of candidates) {
      const opened = await runtimes[name].open();
      if (E.isRight(opened)) return opened;
      const { missing, remedy } = opened.left;
      reasons.push(`runtime ${name} cannot be opened: ${missing} is missing; ${remedy}`);
    }
    return E.left(runtimeFailure(reasons.join("; ")));
  };
