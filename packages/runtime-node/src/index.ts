import { anyRuntime, type Runtime } from "@tadsr/core";
import { cpu } from "./cpu.ts";
import { reference } from "./reference.ts";
import { tensorflow } from "./tensorflow.ts";
import { wasm } from "./wasm.ts";

export { cpu, reference, tensorflow, wasm };

export type RuntimeName = "reference" | "cpu" | "wasm" | "tensorflow";

/** Every runtime of this package by its name. */
export const runtimes: Readonly<Record<RuntimeName, Runtime>> = {
  reference: anyRuntime(reference),
  cpu: anyRuntime(cpu),
  wasm: anyRuntime(wasm),
  tensorflow: anyRuntime(tensorflow),
};

/** What `auto` tries, fastest first. */
export const preference: readonly RuntimeName[] = ["tensorflow", "wasm"];
