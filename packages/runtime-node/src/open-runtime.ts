/** From the runtime that is asked for to an engine that runs. */
import type { Engine, RuntimeError } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import {
  preference,
  type RuntimeName,
  type RuntimeOptions,
  runtimeWith,
  singleThreaded,
} from "./runtimes.ts";

export type RuntimeChoice = RuntimeName | "auto";

export interface OpenOptions extends RuntimeOptions {
  /** What `auto` tries, in this order; by speed where left out. */
  readonly candidates?: readonly RuntimeName[];
}

/** More threads were asked for than the runtime can have. */
export interface OneThreadOnly {
  readonly _tag: "OneThreadOnly";
  readonly runtime: RuntimeName;
  readonly threads: number;
}

/** None of the runtimes that were tried opens: why each does not. */
export interface NoRuntime {
  readonly _tag: "NoRuntime";
  readonly reasons: readonly (RuntimeError | OneThreadOnly)[];
  readonly message: string;
}

const textOf = (reason: RuntimeError | OneThreadOnly): string =>
  reason._tag === "OneThreadOnly"
    ? `runtime ${reason.runtime} computes on one thread, and ${reason.threads} are asked for`
    : `runtime ${reason.runtime} cannot be opened: ${reason.missing} is missing; ${reason.remedy}`;

const noRuntime = (reasons: NoRuntime["reasons"]): NoRuntime => ({
  _tag: "NoRuntime",
  reasons,
  message: reasons.map(textOf).join("; "),
});

/** `auto` is the first of the candidates that opens; which one that was, the engine's name says. */
export const openRuntime =
  (
    choice: RuntimeChoice,
    { candidates = preference, ...options }: OpenOptions = {},
  ): TE.TaskEither<NoRuntime, Engine<unknown>> =>
  async () => {
    const tried = choice === "auto" ? candidates : [choice];
    const reasons: (RuntimeError | OneThreadOnly)[] = [];
    for (const runtime of tried) {
      const { threads } = options;
      if (threads !== undefined && threads > 1 && singleThreaded.has(runtime)) {
        reasons.push({ _tag: "OneThreadOnly", runtime, threads });
        continue;
      }
      const opened = await runtimeWith(runtime, options).open();
      if (E.isRight(opened)) return opened;
      reasons.push({ ...opened.left, runtime });
    }
    return E.left(noRuntime(reasons));
  };
