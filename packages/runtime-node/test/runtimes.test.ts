import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { preference, runtimes } from "../src/index.ts";
import { tensorflowJs } from "../src/tensorflow-js.ts";

describe("runtimes", () => {
  it("are known by the names they report", () => {
    for (const [name, runtime] of Object.entries(runtimes)) expect(runtime.name).toBe(name);
    for (const name of preference) expect(runtimes[name].name).toBe(name);
  });

  it.each(["reference", "cpu", "wasm"] as const)(
    "%s opens wherever the package is installed",
    async (name) => {
      const opened = await runtimes[name].open();
      expect(E.isRight(opened) ? opened.right.name : opened.left).toBe(name);
    },
  );

  it("name the versions that package.json asks for", async () => {
    const text = await readFile(join(import.meta.dirname, "..", "package.json"), "utf8");
    const { peerDependencies } = JSON.parse(text) as { peerDependencies: Record<string, string> };
    const broken = tensorflowJs({
      name: "wasm",
      register: () => Promise.reject(new Error("no file\nat a place")),
    });
    const version = (name: string): string => `${name}@${peerDependencies[name]}`;
    const packages = ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm"].map(version).join(" ");
    expect(await broken.open()).toMatchObject(
      E.left({
        _tag: "RuntimeUnavailable",
        runtime: "wasm",
        missing: "TensorFlow.js (no file)",
        remedy: `install it: npm install @tadsr/engine-tfjs ${packages}`,
      }),
    );
  });

  it("keep their own backend even if another was opened later", async () => {
    const [cpu, wasm] = [await runtimes.cpu.open(), await runtimes.wasm.open()];
    if (E.isLeft(cpu) || E.isLeft(wasm)) throw new Error("cpu or wasm did not open");
    const sum = async ({ algebra, upload, download }: typeof cpu.right): Promise<readonly number[]> => {
      const a = upload("vector", { shape: [2], data: Float32Array.from([1, 2]) });
      return Array.from((await download("vector", algebra.add(a, a))).data);
    };
    expect(await sum(cpu.right)).toEqual([2, 4]);
    expect(await sum(wasm.right)).toEqual([2, 4]);
    expect(await sum(cpu.right)).toEqual([2, 4]);
  });
});
