/** The versions of the compared packages that figures come from. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as O from "fp-ts/lib/Option.js";
import { root } from "./places.ts";

export type Versions = Readonly<Record<string, string>>;

/** Packages whose versions figures depend on, and the folders from which they are imported. */
const PACKAGES: readonly (readonly [name: string, from: string])[] = [
  ["tadsr", ""],
  ["onnxruntime-node", "packages/runtime-node"],
  ["@tensorflow/tfjs-core", "packages/runtime-node"],
  ["@tensorflow/tfjs-node-gpu", "packages/runtime-cuda"],
  ["@tensorflow/tfjs-backend-wasm", "packages/runtime-node"],
  ["onnxruntime-web", "packages/runtime-web"],
  ["sharp", ""],
  ["upscaler", "bench"],
  ["@upscalerjs/esrgan-slim", "bench"],
  ["@upscalerjs/esrgan-medium", "bench"],
  ["@upscalerjs/esrgan-thick", "bench"],
  ["@tensorflow/tfjs", "bench"],
];

const textOf = (path: string): O.Option<string> => O.tryCatch(() => readFileSync(path, "utf8"));

const versionIn = (path: string, key: string): O.Option<string> =>
  O.chain((text: string) =>
    O.tryCatch(() => String((JSON.parse(text) as Readonly<Record<string, unknown>>)[key])),
  )(textOf(path));

/** The versions of those that are installed. The others are left out. */
export const gatherVersions = (): Versions => {
  const packages = PACKAGES.flatMap(([name, from]) => {
    const version = versionIn(join(root, from, "node_modules", name, "package.json"), "version");
    return O.isSome(version) ? [[name, version.value] as const] : [];
  });
  // Such as "tensorflow-cpu==2.21.0", from which packages/runtime-cuda/bin/setup-tensorflow.mjs took the library.
  const library = versionIn(join(root, ".cache", "tensorflow", "installed.json"), "requirement");
  const tensorflow = O.isSome(library) ? [library.value.split("==") as [string, string]] : [];
  return { node: process.versions.node, ...Object.fromEntries([...packages, ...tensorflow]) };
};
