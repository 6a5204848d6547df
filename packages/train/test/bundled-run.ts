/** killed-run.ts and all that it imports as one file, since a process that loads one file starts sooner. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, beforeAll } from "vitest";

/** Native code, and the runtimes that killed-run.ts does not open. */
const LEFT_OUT = ["sharp", "onnxruntime-node", "@tensorflow/tfjs-backend-wasm"];

/** Inside the package, so that what is left out is found. */
const folder = join(import.meta.dirname, "..", ".cache", `killed-run-${process.pid}`);

/** The file; it is there while the tests of a file run. */
export const BUNDLED_RUN = join(folder, "killed-run.js");

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: "error",
    root: import.meta.dirname,
    ssr: { noExternal: true, external: LEFT_OUT },
    build: {
      ssr: join(import.meta.dirname, "killed-run.ts"),
      outDir: folder,
      minify: false,
      rollupOptions: { output: { codeSplitting: false } },
    },
  });
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));
