/** Opens a runtime by its name, or the first of several that opens. */
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
  /** The runtimes that `auto` tries, in this order. By default the fastest first. */
  readonly candidates?: readonly RuntimeName[];
}

/** The runtime has one thread, and more were asked for. */
export interface OneThreadOnly {
  readonly _tag: "OneThreadOnly";
  readonly runtime: RuntimeName;
  readonly threads: number;
}

/** None of the runtimes opens. `reasons` has one for each that was tried. */
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

/** `auto` is the first of the candidates that opens; the engine's name tells which one. */
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
