/** Choosing among graphics cards, and what a provider leaves to the processor. */
import { type Engine, normal, referenceEngine } from "@tadsr/core";
import { onnxEngine } from "@tadsr/engine-onnx";
import * as E from "fp-ts/lib/Either.js";
import type { InferenceSession } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { onnxRuntime, openRuntime, type RuntimeEntry, runtimeEntries, runtimeOpener } from "../src/index.ts";
import { checkCudaDevice } from "../src/onnx/cuda-devices.ts";
import { leftLine, leftNodes, leftTeller } from "../src/onnx/left-to-processor.ts";
import { noCache } from "../src/onnx/model-cache.ts";
import { sessionOpener } from "../src/onnx/sessions.ts";

describe("a graphics card by its number", () => {
  const messageOf = async (opening: ReturnType<typeof openRuntime>): Promise<string> => {
    const opened = await opening();
    if (E.isRight(opened)) await opened.right.close();
    return E.isLeft(opened) ? opened.left.message : `opened ${opened.right.name}`;
  };

  it("is refused by runtimes that cannot choose, with the reason", async () => {
    expect(await messageOf(openRuntime("wasm", { device: 0 }))).toBe(
      "runtime wasm cannot choose graphics card 0: it computes on the processor",
    );
    expect(await messageOf(openRuntime("onnx", { device: 0 }))).toContain("it computes on the processor");
    expect(await messageOf(openRuntime("onnx-webgpu", { device: 1 }))).toMatch(
      /^runtime onnx-webgpu cannot choose graphics card 1: ONNX Runtime's provider of WebGPU takes/,
    );
    expect(await messageOf(openRuntime("auto", { device: 1 }))).toMatch(
      /^runtime auto cannot choose graphics card 1: .*name one that can: onnx-cuda$/,
    );
    expect(await onnxRuntime({ provider: "webgpu", device: 1 }).open()).toMatchObject({
      left: { missing: "a choice of graphics cards" },
    });
  });

  it("reaches a runtime that can choose", async () => {
    const asked: unknown[] = [];
    const card: RuntimeEntry = {
      ...{ isSingleThreaded: true, isGpu: true },
      devices: { _tag: "Listed", list: async () => ["A", "B"] },
      make: ({ device }) => {
        asked.push(device);
        return runtimeEntries.reference.make({});
      },
    };
    const open = runtimeOpener({ ...runtimeEntries, card }, ["reference"]);
    expect(await open("card", { device: 1 })()).toMatchObject({ right: { name: "reference" } });
    expect(asked).toEqual([1]);
  });

  it("of CUDA is one that the driver lists, in its order", async () => {
    const environment: Record<string, string | undefined> = {};
    const check = (device: number, names: readonly string[]) =>
      checkCudaDevice(device, environment, async () => names).then(
        () => null,
        (thrown: Error) => thrown.cause,
      );
    expect(await check(2, ["A", "B"])).toEqual({
      ...{ missing: "graphics card 2", remedy: "choose one of 0 (A), 1 (B)" },
    });
    expect(await check(0, [])).toMatchObject({ remedy: expect.stringContaining("there is none") });
    expect(environment).toEqual({});
    expect(await check(1, ["A", "B"])).toBeNull();
    expect(environment).toEqual({ CUDA_DEVICE_ORDER: "PCI_BUS_ID" });
    environment.CUDA_VISIBLE_DEVICES = "1";
    expect(await check(0, ["A", "B"])).toMatchObject({
      missing: expect.stringContaining("CUDA_VISIBLE_DEVICES"),
    });
  });
});

describe("what a provider leaves to the processor", () => {
  const ran = (operator: string, provider: string) => ({
    cat: "Node",
    args: { op_name: operator, provider },
  });

  it("is counted by operator", () => {
    const events = [
      { cat: "Session", name: "model_run" },
      ran("Conv", "WebGpuExecutionProvider"),
      ran("Resize", "CPUExecutionProvider"),
      ran("Gather", "CPUExecutionProvider"),
      ran("Gather", "CPUExecutionProvider"),
    ];
    const found = leftNodes(events);
    expect(leftLine("onnx-webgpu", found)).toBe(
      "onnx-webgpu leaves 3 of 4 nodes to the processor: 2 Gather, 1 Resize",
    );
    expect(leftLine("onnx-webgpu", leftNodes(events.slice(0, 2)))).toBeNull();
    expect(leftNodes("no events")).toEqual({ nodes: 0, left: [] });
  });

  it("is told once, also if a profile cannot be read", async () => {
    const told: string[] = [];
    const { tell, isDone } = leftTeller("x", (line) => told.push(line));
    await tell(async () => ({ nodes: 2, left: [] }));
    expect(isDone()).toBe(false);
    await tell(() => Promise.reject(new Error("no file\nthere")));
    await tell(async () => ({ nodes: 2, left: [["Conv", 1]] }));
    expect(told).toEqual(["x does not tell which nodes it leaves to the processor (no file)"]);
    expect(isDone()).toBe(true);
  });

  it("is told once for an engine, and changes no result", async () => {
    const library = await import("onnxruntime-node");
    library.env.logLevel = "fatal";
    const told: string[] = [];
    const profiled: boolean[] = [];
    // There need be no graphics card: all that the provider is given stays on the processor.
    const { InferenceSession } = library;
    const create = (
      model: Uint8Array,
      { executionProviders, ...options }: InferenceSession.SessionOptions,
    ) => {
      expect(executionProviders).toEqual(["webgpu", "cpu"]);
      profiled.push(options.enableProfiling === true);
      return InferenceSession.create(model, { ...options, executionProviders: ["cpu"] });
    };
    const engine = onnxEngine({
      ...{ name: "onnx-webgpu", epsilon: 1e-6 },
      dialect: { opset: 20, winograd: "never", openSizes: false },
      openSession: sessionOpener({
        library: { ...library, InferenceSession: { create } as unknown as typeof InferenceSession },
        ...{ provider: "webgpu", threads: 1, cache: noCache },
        left: leftTeller("onnx-webgpu", (line) => told.push(line)),
      }),
    });
    const compute = async <T>({ algebra, upload, download }: Engine<T>, side: number) => {
      const data = normal({ seed: 1, stream: 0 }, 0, side * side * 8);
      const image = upload("image", { shape: [1, side, side, 8], data });
      return Array.from((await download("image", algebra.silu(image))).data);
    };
    for (const side of [160, 160, 176]) {
      const [found, expected] = [await compute(engine, side), await compute(referenceEngine, side)];
      expect(Math.max(...found.slice(0, 999).map((a, i) => Math.abs(a - (expected[i] ?? 0))))).toBeLessThan(
        1e-5,
      );
    }
    await engine.close();
    expect(profiled).toEqual([true, false]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^onnx-webgpu leaves (\d+) of \1 nodes to the processor: /);
  });
});
