/** The check of imports passes on this tree, and fails on each fault that it must find. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const check = join(import.meta.dirname, "..", "tools", "check-imports.mjs");

const run = (...folder: readonly string[]): { readonly status: number | null; readonly text: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [check, ...folder], { encoding: "utf8" });
  return { status, text: stdout + stderr };
};

/** Runs the check on a tree with only these files. */
const runOn = (files: Readonly<Record<string, string>>): ReturnType<typeof run> => {
  const folder = mkdtempSync(join(tmpdir(), "tadsr-imports-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const manifest = (name: string, ...dependencies: readonly string[]): string =>
  JSON.stringify({ name, dependencies: Object.fromEntries(dependencies.map((key) => [key, "1.0.0"])) });

const sound = {
  "packages/core/package.json": manifest("@tadsr/core", "fp-ts"),
  "packages/core/src/index.ts": 'export { a } from "./a.ts";\n',
  "packages/core/src/a.ts": 'import * as E from "fp-ts/lib/Either.js";\nexport const a = E.right(1);\n',
};

test("the tree's imports are sound", () => {
  expect(run()).toEqual({ status: 0, text: expect.stringContaining("no import cycle") });
});

test("a small sound tree passes", () => {
  expect(runOn(sound).status).toBe(0);
});

test("Node's modules may be imported where files are read, and their types anywhere", () => {
  const files = {
    "packages/files/package.json": manifest("@tadsr/files"),
    "packages/files/src/index.ts": 'export { open } from "node:fs/promises";\n',
    "packages/metrics/package.json": manifest("@tadsr/metrics"),
    "packages/metrics/src/index.ts": 'export type { FileHandle } from "node:fs/promises";\n',
  };
  expect(runOn({ ...sound, ...files })).toMatchObject({ status: 0 });
});

const device = { "packages/runtime-node/package.json": manifest("r", "@tensorflow/tfjs-backend-wasm") };

test.each<[string, Readonly<Record<string, string>>, string]>([
  [
    "a cycle",
    { "packages/core/src/a.ts": 'import "./b.ts";\n', "packages/core/src/b.ts": 'export * from "./a.ts";\n' },
    "import cycle: packages/core/src/a.ts -> packages/core/src/b.ts -> packages/core/src/a.ts",
  ],
  [
    "a cycle through a dynamic import",
    {
      "packages/core/src/a.ts": 'import "./b.ts";\n',
      "packages/core/src/b.ts": 'export const b = () => import("./a.ts");\n',
    },
    "import cycle: packages/core/src/a.ts -> packages/core/src/b.ts -> packages/core/src/a.ts",
  ],
  [
    "a dependency that points the wrong way, though of types only",
    {
      "packages/model/package.json": manifest("@tadsr/model", "@tadsr/train"),
      "packages/model/src/index.ts": 'export type { T } from "@tadsr/train";\n',
      "packages/train/package.json": manifest("@tadsr/train"),
      "packages/train/src/index.ts": "export type T = number;\n",
    },
    "packages/model/src/index.ts: model must not import train",
  ],
  [
    "another package of npm in core",
    {
      "packages/core/package.json": manifest("@tadsr/core", "fp-ts", "sharp"),
      "packages/core/src/b.ts": 'import sharp from "sharp";\nexport const b = sharp;\n',
    },
    "core imports sharp: it may import fp-ts only",
  ],
  [
    "Node's modules in core",
    { "packages/core/src/b.ts": 'export { join } from "node:path";\n' },
    "core imports node:path",
  ],
  [
    "Node's modules in the model, though when a function is called",
    {
      "packages/model/package.json": manifest("@tadsr/model"),
      "packages/model/src/index.ts": 'export const files = () => import("node:fs/promises");\n',
    },
    "model imports node:fs/promises: it runs everywhere",
  ],
  [
    "Node's modules in an engine, without their prefix",
    {
      "packages/engine-onnx/package.json": manifest("@tadsr/engine-onnx"),
      "packages/engine-onnx/src/index.ts": 'import { crc32 } from "zlib";\nexport const sum = crc32;\n',
    },
    "engine-onnx imports zlib: it runs everywhere",
  ],
  [
    "Node's modules where a plain module reaches them, though when a function is called",
    {
      "packages/train/package.json": manifest("@tadsr/train"),
      "packages/train/src/algorithm-one.ts": 'export * from "./files.ts";\n',
      "packages/train/src/files.ts": 'export const files = () => import("node:fs/promises");\n',
    },
    "packages/train/src/files.ts: imports node:fs/promises: train/algorithm-one runs everywhere",
  ],
  [
    "a package that reads files in a plain module",
    {
      "packages/files/package.json": manifest("@tadsr/files"),
      "packages/files/src/index.ts": "export const a = 1;\n",
      "packages/verify/package.json": manifest("@tadsr/verify", "@tadsr/files"),
      "packages/verify/src/plain.ts": 'export { a } from "@tadsr/files";\n',
    },
    "packages/verify/src/plain.ts: imports @tadsr/files: verify/plain runs everywhere",
  ],
  [
    "an undeclared package",
    {
      "packages/model/package.json": manifest("@tadsr/model"),
      "packages/model/src/index.ts": 'import * as O from "fp-ts/lib/Option.js";\nexport const o = O.none;\n',
    },
    "imports fp-ts/lib/Option.js, which its package.json does not declare",
  ],
  [
    "a declared package that nothing imports",
    { "packages/model/package.json": manifest("@tadsr/model", "fp-ts") },
    "declares fp-ts, which nothing imports",
  ],
  [
    "a file of another package by its path",
    {
      "packages/model/package.json": manifest("@tadsr/model"),
      "packages/model/src/index.ts": 'export * from "../../core/src/index.ts";\n',
    },
    "from outside its package's src",
  ],
  [
    "a backend outside the runtimes",
    {
      "packages/model/package.json": manifest("@tadsr/model", "@tensorflow/tfjs-backend-wasm"),
      "packages/model/src/index.ts": 'export const open = () => import("@tensorflow/tfjs-backend-wasm");\n',
    },
    "only a runtime imports @tensorflow/tfjs-backend-wasm",
  ],
  [
    "a backend imported with its runtime",
    { ...device, "packages/runtime-node/src/index.ts": 'import "@tensorflow/tfjs-backend-wasm";\n' },
    "imports @tensorflow/tfjs-backend-wasm before its runtime is opened",
  ],
  [
    "a backend awaited while its runtime is imported",
    {
      ...device,
      "packages/runtime-node/src/index.ts":
        'export const tf = await import("@tensorflow/tfjs-backend-wasm");\n',
    },
    "imports @tensorflow/tfjs-backend-wasm before its runtime is opened",
  ],
  [
    "an engine that a runtime's package loads before it is opened",
    {
      "packages/engine-onnx/package.json": manifest("@tadsr/engine-onnx"),
      "packages/engine-onnx/src/index.ts": "export const engine = 1;\n",
      "packages/runtime-node/package.json": manifest("r", "@tadsr/engine-onnx"),
      "packages/runtime-node/src/index.ts": 'export { session } from "./session.ts";\n',
      "packages/runtime-node/src/session.ts":
        'import { engine } from "@tadsr/engine-onnx";\nexport const session = engine;\n',
    },
    "packages/runtime-node/src/session.ts: imports @tadsr/engine-onnx before a runtime is opened",
  ],
  [
    "a package that has no rule",
    { "packages/other/package.json": manifest("@tadsr/other") },
    "does not say what other may import",
  ],
])("%s fails the check", (_, files, text) => {
  const { status, text: printed } = runOn({ ...sound, ...files });
  expect(printed).toContain(text);
  expect(status).toBe(1);
});
