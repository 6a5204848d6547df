/** Every runtime that needs only the processor, from both packages of runtimes. */
import { anyRuntime, type Runtime } from "@tadsr/core";
import { tensorflow } from "@tadsr/runtime-cuda";
import { runtimes as ofNode, type ProcessorRuntime } from "@tadsr/runtime-node";

export const runtimes: Readonly<Record<ProcessorRuntime | "tensorflow", Runtime>> = {
  ...ofNode,
  tensorflow: anyRuntime(tensorflow),
};
