/** How much memory a process may use, and what the runtimes say that they take of it. */
import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import { runtimes } from "../src/index.ts";
import { usableBytes, usableMemory } from "../src/usable-memory.ts";

const GIBI = 2 ** 30;

it("is what others leave on Linux, all elsewhere, and no more than its limit", () => {
  const figures = { platform: "linux", total: 16 * GIBI, free: 5 * GIBI, limit: 0 } as const;
  expect(usableBytes(figures)).toBe(5 * GIBI);
  expect(usableBytes({ ...figures, platform: "darwin" })).toBe(16 * GIBI);
  expect(usableBytes({ ...figures, limit: 2 * GIBI })).toBe(2 * GIBI);
  expect(usableBytes({ ...figures, limit: 2 ** 64 })).toBe(5 * GIBI);
  expect(usableBytes({ ...figures, free: 0 })).toBe(16 * GIBI);
});

it("is something, and not more than a machine has", () => {
  expect(usableMemory()).toBeGreaterThan(0);
  expect(usableMemory()).toBeLessThan(2 ** 50);
});

it.each(["cpu", "wasm", "reference", "onnx"] as const)(
  "is what %s says that it takes some of",
  async (name) => {
    const opened = await runtimes[name].open();
    if (E.isLeft(opened)) throw new Error(opened.left.missing);
    const { memory, isSlow, close } = opened.right;
    await close();
    const figures = {
      onnx: { memory: { factor: 2, scores: 2 ** 28, limit: Number.POSITIVE_INFINITY }, isSlow: undefined },
      wasm: { memory: { factor: 2, scores: 2 ** 28, limit: 4 * GIBI }, isSlow: undefined },
      cpu: { memory: { factor: 3, scores: 2 ** 28, limit: Number.POSITIVE_INFINITY }, isSlow: true },
      reference: { memory: { factor: 6, scores: 0, limit: Number.POSITIVE_INFINITY }, isSlow: true },
    };
    expect({ memory, isSlow }).toEqual(figures[name]);
  },
);
