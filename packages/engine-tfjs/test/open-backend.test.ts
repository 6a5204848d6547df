/** Backends that take their time to start, beside one that computes. They have the kernels of the backend cpu. */
import "@tensorflow/tfjs";
import type { Engine } from "@tadsr/core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { openBackend } from "../src/index.ts";

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

const opening = (backend: string, milliseconds: number): Promise<Engine<tf.Tensor>> =>
  openBackend({
    name: backend,
    backend,
    register: async () => {
      tf.copyRegisteredKernels("cpu", backend);
      tf.registerBackend(backend, async () => {
        await pause(milliseconds);
        return tf.findBackendFactory("cpu")() as tf.KernelBackend;
      });
    },
  });

const doubled = async ({ upload, algebra, download }: Engine<tf.Tensor>): Promise<readonly number[]> => {
  const a = upload("vector", { shape: [2], data: Float32Array.of(1, 2) });
  return Array.from((await download("vector", algebra.add(a, a))).data);
};

it("an engine goes on while another backend starts, and after", async () => {
  const first = await opening("first", 0);
  const held = first.upload("vector", { shape: [2], data: Float32Array.of(3, 4) });
  const second = opening("second", 20);
  for (let round = 0; round < 12; round++) {
    expect(await doubled(first)).toEqual([2, 4]);
    const { data } = await first.download("vector", first.algebra.add(held, held));
    expect(Array.from(data)).toEqual([6, 8]);
    await pause(4);
  }
  const { algebra } = first;
  expect(await doubled(await second)).toEqual([2, 4]);
  expect(tf.getBackend()).toBe("second");
  algebra.add(held, held);
  expect(tf.getBackend()).toBe("first");
  expect(tf.backend()).toBe(tf.findBackend("first"));
});

it("backends that are opened at the same time all open, and the same one twice", async () => {
  const engines = await Promise.all([
    opening("slow", 20),
    opening("slower", 40),
    opening("slow", 20),
    opening("quick", 0),
  ]);
  for (const engine of engines) expect(await doubled(engine)).toEqual([2, 4]);
});

it("a backend that does not start is told, and the next one opens", async () => {
  const broken = openBackend({
    name: "broken",
    backend: "broken",
    register: () => Promise.reject(new Error("no such backend")),
  });
  const next = opening("next", 0);
  await expect(broken).rejects.toThrow("no such backend");
  expect(await doubled(await next)).toEqual([2, 4]);
});
