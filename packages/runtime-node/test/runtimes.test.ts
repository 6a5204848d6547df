import { anyRuntime } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { preference, runtimes } from "../src/index.ts";
import { tfjsRuntime } from "../src/tfjs.ts";

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

  it("say what is missing and how to get it, and use no other runtime instead", async () => {
    const missing = anyRuntime(
      tfjsRuntime({
        name: "absent",
        backend: "absent",
        register: () => Promise.reject(new Error("no such library\nat a place")),
        missing: "the absent library",
        remedy: "install it: somehow",
      }),
    );
    expect(await missing.open()).toEqual(
      E.left({
        _tag: "RuntimeUnavailable",
        runtime: "absent",
        missing: "the absent library (no such library)",
        remedy: "install it: somehow",
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
