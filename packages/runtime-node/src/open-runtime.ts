/** Opens a runtime by its name, or the first of several that opens. */
import { type Engine, type RuntimeError, runtimeUnavailable } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { RuntimeEntries, RuntimeEntry, RuntimeOptions } from "./runtime-entry.ts";
import { preference, type RuntimeName, runtimeEntries } from "./runtimes.ts";

export type RuntimeChoice<Name extends string = RuntimeName> = Name | "auto";

export interface OpenOptions<Name extends string = RuntimeName> extends RuntimeOptions {
  /** The runtimes that `auto` tries, in this order. By default the fastest first. */
  readonly candidates?: readonly Name[];
}

/** The runtime has one thread, and more were asked for. */
export interface OneThreadOnly {
  readonly _tag: "OneThreadOnly";
  readonly runtime: string;
  readonly threads: number;
  readonly message: string;
}

const oneThreadOnly = (runtime: string, threads: number): OneThreadOnly => ({
  _tag: "OneThreadOnly",
  runtime,
  threads,
  message: `runtime ${runtime} computes on one thread, and ${threads} are asked for`,
});

/** A graphics card was asked for by its number, and the runtime cannot choose one. */
export interface NoDeviceChoice {
  readonly _tag: "NoDeviceChoice";
  readonly runtime: string;
  readonly device: number;
  readonly message: string;
}

const noDeviceChoice = (runtime: string, device: number, because: string): NoDeviceChoice => ({
  _tag: "NoDeviceChoice",
  runtime,
  device,
  message: `runtime ${runtime} cannot choose graphics card ${device}: ${because}`,
});

/** Why the runtime cannot choose a graphics card; null if it can. */
const refusalOf = ({ devices }: RuntimeEntry): string | null => {
  if (devices === undefined) return "it computes on the processor";
  return devices._tag === "Refused" ? devices.because : null;
};

/** Why a runtime was not opened. */
export type NotOpened = RuntimeError | OneThreadOnly | NoDeviceChoice;

/** None of the runtimes opens. `reasons` has one for each that was tried. */
export interface NoRuntime {
  readonly _tag: "NoRuntime";
  readonly reasons: readonly NotOpened[];
  readonly message: string;
}

const noRuntime = (reasons: NoRuntime["reasons"]): NoRuntime => ({
  _tag: "NoRuntime",
  reasons,
  message: reasons.map(({ message }) => message).join("; "),
});

/** The function that opens one of these runtimes. Without other candidates, `auto` tries those of `preferred`. */
export const runtimeOpener =
  <Name extends string>(entries: RuntimeEntries<Name>, preferred: readonly NoInfer<Name>[]) =>
  (
    choice: RuntimeChoice<Name>,
    { candidates = preferred, ...options }: OpenOptions<Name> = {},
  ): TE.TaskEither<NoRuntime, Engine<unknown>> =>
  async () => {
    const { threads, device } = options;
    const tried = choice === "auto" ? candidates : [choice];
    const reasons: NotOpened[] = [];
    if (choice === "auto" && device !== undefined) {
      const able = (Object.keys(entries) as Name[]).filter((name) => refusalOf(entries[name]) === null);
      const because = `the numbers are a runtime's own; name one that can: ${able.join(", ") || "there is none"}`;
      return E.left(noRuntime([noDeviceChoice("auto", device, because)]));
    }
    for (const runtime of tried) {
      const { isSingleThreaded, make } = entries[runtime];
      const refusal = device === undefined ? null : refusalOf(entries[runtime]);
      if (device !== undefined && refusal !== null) {
        reasons.push(noDeviceChoice(runtime, device, refusal));
        continue;
      }
      if (threads !== undefined && threads > 1 && isSingleThreaded) {
        reasons.push(oneThreadOnly(runtime, threads));
        continue;
      }
      const opened = await make(options).open();
      if (E.isRight(opened)) return opened;
      reasons.push(runtimeUnavailable(runtime, opened.left.missing, opened.left.remedy));
    }
    return E.left(noRuntime(reasons));
  };

/**
 * Opens one of this package's runtimes. `auto` is the first of the candidates that opens; the engine's name tells which
 * one.
 */
export const openRuntime = runtimeOpener(runtimeEntries, preference);
