/** The options of `verify`. */
import * as E from "fp-ts/lib/Either.js";
import { type RuntimeName, runtimeNames } from "../runtimes.ts";

export interface VerifyOptions {
  readonly manifest: string;
  readonly engine: string;
}

/** The prefix of a second name for runtimes that use TensorFlow.js. */
const TFJS = "tfjs-";

/** It needs only npm and has gradients, so that every check runs. */
export const DEFAULT_ENGINE = `${TFJS}wasm`;

/** Those that do not use TensorFlow.js. */
const OWN_NAMES: readonly RuntimeName[] = ["reference", "onnx", "onnx-webgpu", "onnx-cuda"];

const isRuntime = (name: string): name is RuntimeName => (runtimeNames as readonly string[]).includes(name);

/** All names that may be typed, for the help. */
export const engineNames = (): readonly string[] =>
  runtimeNames.map((name) => (OWN_NAMES.includes(name) ? name : `${TFJS}${name}`));

/** `reference` or `onnx`, or another runtime with or without `tfjs-` before it. */
export const engineOf = (typed: string): E.Either<string, RuntimeName> => {
  const name = typed.startsWith(TFJS) ? typed.slice(TFJS.length) : typed;
  return isRuntime(name) && (name === typed || !OWN_NAMES.includes(name))
    ? E.right(name)
    : E.left(
        `option '--engine <name>': there is no engine '${typed}'; there are ${engineNames().join(", ")}`,
      );
};
