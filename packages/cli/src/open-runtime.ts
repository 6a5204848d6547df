/** The runtime a user asked for, and in the command's words why it does not open. */
import type { Engine } from "@tadsr/core";
import type { NoRuntime, NotOpened } from "@tadsr/runtime-node";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, runtimeFailure, usageFailure } from "./failure.ts";
import { type OpenOptions, openRuntime as open, type RuntimeChoice } from "./runtimes.ts";

const textOf = (reason: NotOpened): string => {
  if (reason._tag === "OneThreadOnly")
    return `--threads ${reason.threads}: runtime ${reason.runtime} computes on one thread; leave it out or take onnx`;
  return reason._tag === "NoDeviceChoice" ? `--device ${reason.device}: ${reason.message}` : reason.message;
};

const failureOf = ({ reasons }: NoRuntime): Failure => {
  const text = reasons.map(textOf).join("; ");
  const isUsage = reasons[0]?._tag === "OneThreadOnly" || reasons[0]?._tag === "NoDeviceChoice";
  return isUsage ? usageFailure(text) : runtimeFailure(text);
};

/** A runtime named by the user opens or is an error with its remedy. What `auto` was is printed with every picture. */
export const openRuntime = (
  choice: RuntimeChoice,
  options: OpenOptions = {},
): TE.TaskEither<Failure, Engine<unknown>> => TE.mapLeft(failureOf)(open(choice, options));
