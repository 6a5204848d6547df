/** Two runtimes open in one process do not disturb each other, whatever they share. */
import { anyRuntime, type Engine, type Runtime } from "@tadsr/core";
import { tensorflow } from "@tadsr/runtime-cuda";
import { onnxRuntime, runtimes } from "@tadsr/runtime-node";
import { webgpu } from "@tadsr/runtime-web/dawn";
import { describe, expect, it } from "vitest";
import { type Ending, upscaleOn } from "./browser/faults.ts";

const { cpu, wasm } = runtimes;
const onnx = anyRuntime(onnxRuntime({ cache: null }));
const native = anyRuntime(tensorflow);
const card = anyRuntime(webgpu);

const engineOf = async (runtime: Runtime): Promise<Engine<unknown>> => {
  const engine = await runtime.open();
  if (engine._tag === "Left") throw new Error(`${engine.left.missing}; ${engine.left.remedy}`);
  return engine.right;
};

/** What is missing for a runtime; null if it opens. */
const missingFor = async (runtime: Runtime): Promise<string | null> => {
  const opened = await runtime.open();
  if (opened._tag === "Left") return `skipped: ${opened.left.missing}, ${opened.left.remedy}`;
  await opened.right.close();
  return null;
};
const missing = new Map<Runtime, string | null>();
for (const runtime of [native, card]) missing.set(runtime, await missingFor(runtime));

const isSame = ({ error, data }: Ending, expected: Ending): boolean =>
  error === null &&
  data.length === expected.data.length &&
  data.every((value, i) => Math.abs(value - (expected.data[i] ?? 0)) <= 1);

/** The derivative of the mean of x^2 for [1, 2, 3], where there are gradients. */
const slopeOn = async ({
  upload,
  algebra,
  differentiate,
  download,
}: Engine<unknown>): Promise<readonly number[]> => {
  if (differentiate === null) return [2, 4, 6];
  const x = upload("vector", { shape: [3], data: Float32Array.of(1, 2, 3) });
  const { gradients } = differentiate({ x }, ({ x: point }) => ({
    loss: algebra.mean(algebra.square(point)),
    parts: {},
  }));
  const { data } = await download("vector", gradients.x);
  return Array.from(data, (value) => Math.round(3 * value * 1e4) / 1e4);
};

describe.each([
  ["wasm and tensorflow", wasm, native],
  ["cpu and wasm", cpu, wasm],
  ["webgpu and cpu", card, cpu],
  ["webgpu and wasm", card, wasm],
  ["webgpu and webgpu", card, card],
  ["onnx and wasm", onnx, wasm],
  ["onnx and tensorflow", onnx, native],
  ["onnx and webgpu", onnx, card],
])("%s", (_, first, second) => {
  const why = missing.get(first) ?? missing.get(second) ?? null;
  if (why !== null && process.env.TADSR_NO_SKIPS !== "1") {
    it.skip(why);
    return;
  }

  it("open and compute at the same time, each as it does alone", async () => {
    const expected = await upscaleOn(await engineOf(onnx));
    const engines = await Promise.all([engineOf(first), engineOf(second)]);
    const endings = await Promise.all(engines.map((engine) => upscaleOn(engine)));
    expect(endings.map((ending) => isSame(ending, expected))).toEqual([true, true]);
    expect(await Promise.all(engines.map(slopeOn))).toEqual([
      [2, 4, 6],
      [2, 4, 6],
    ]);
    const [one, other] = engines;
    await one?.close();
    expect(isSame(await upscaleOn(other as Engine<unknown>), expected)).toBe(true);
    await other?.close();
  });

  it("the first goes on while the second opens", async () => {
    const engine = await engineOf(first);
    const alone = await upscaleOn(engine);
    const [during, later] = await Promise.all([upscaleOn(engine), engineOf(second)]);
    expect(isSame(during, alone)).toBe(true);
    expect(isSame(await upscaleOn(later), alone)).toBe(true);
    await Promise.all([engine.close(), later.close()]);
  });
});
