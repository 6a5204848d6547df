/** The runtimes of pages in a real Chromium: the laws, the pictures of the shipped models, and faults. */
import { join } from "node:path";
import { normal } from "@tadsr/core";
import { describeModel } from "@tadsr/files";
import { type LawResult, laws } from "@tadsr/laws/plain";
import type { Picture } from "@tadsr/model";
import { onnxRuntime } from "@tadsr/runtime-node";
import { openUpscaler } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noChromium } from "./chromium.ts";
import { type AfterFault, type Ending, upscaleWell } from "./faults.ts";
import { noisyPicture } from "./micro-model.ts";
import { openProgramPage, type ProgramPage } from "./program-page.ts";

const PROGRAM = join(import.meta.dirname, "runtimes-program.ts");
const MODELS = join(import.meta.dirname, "..", "..", "packages", "model", "models");

/** The random inputs of a law of cost 1. Software WebGPU is slow; the same laws run often on other runtimes. */
const RUNS = { webgpu: 2, "onnx-wasm": 4, "onnx-webgpu": 1 } as const;
type Name = keyof typeof RUNS;
const NAMES = Object.keys(RUNS) as readonly Name[];
const onCard = NAMES.filter((name) => name !== "onnx-wasm");

const hasGradients = (name: Name): boolean => name === "webgpu";
const lawsOn = (name: Name) =>
  laws.filter(({ needs }) => needs === "nothing" || hasGradients(name)).map((law) => law.name);

interface WordsOfOnnxWasm {
  readonly told: readonly string[];
  readonly error: string | null;
}

/** The largest difference of two results, in steps of 1/255. */
const distance = (a: readonly number[], b: ArrayLike<number>): number =>
  a.length === b.length ? Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number)))) : Infinity;

const picture: Picture = noisyPicture(10, 8);

const onNode = async (model: string): Promise<Uint8Array> => {
  const described = await describeModel(model)();
  if (E.isLeft(described)) throw new Error(described.left.message);
  const engine = await onnxRuntime({ cache: null }).open();
  if (E.isLeft(engine)) throw new Error(engine.left.missing);
  const upscaler = await openUpscaler(engine.right, described.right, { seed: 3 })();
  if (E.isLeft(upscaler)) throw new Error(upscaler.left.message);
  const result = await upscaler.right.upscale(picture)();
  await engine.right.close();
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right.data;
};

if (noChromium !== null) it.skip(noChromium);
else
  describe("in Chromium", () => {
    let page: ProgramPage;
    beforeAll(async () => {
      page = await openProgramPage(PROGRAM, { folders: { "/models/": MODELS } });
    });
    afterAll(async () => {
      expect(page.uncaught).toEqual([]);
      await page.close();
    });

    describe.each(NAMES)("the laws on %s", (name) => {
      let results: ReadonlyMap<string, LawResult>;
      let dispatched: number;
      beforeAll(async () => {
        const before = (await page.call("dispatches")) as number;
        const found = (await page.call("testLaws", name, RUNS[name])) as readonly LawResult[];
        results = new Map(found.map((result) => [result.law, result]));
        dispatched = ((await page.call("dispatches")) as number) - before;
      }, 300_000);

      it.each(lawsOn(name))("%s", (law) => {
        expect(results.get(law)).toEqual({ law, outcome: "holds", explanation: "" });
      });

      it("are computed where it says", () => {
        if (name === "onnx-wasm") expect(dispatched).toBe(0);
        else expect(dispatched).toBeGreaterThan(lawsOn(name).length);
      });
    });

    it.each(NAMES)("%s computes even one sum where it says", async (name) => {
      expect(await page.call("dispatchesOfOneSum", name)).toBe(name === "onnx-wasm" ? 0 : 1);
    });

    it("the noise is Node's, bit for bit", async () => {
      expect(await page.call("noise", 3, 5000)).toEqual([...normal({ seed: 3, stream: 0 }, 0, 5000)]);
    });

    describe.each(["tiny-x4", "small-x4"])("a picture by %s", (model) => {
      let expected: Uint8Array;
      beforeAll(async () => {
        expected = await onNode(model);
      });

      it.each(NAMES)("on %s is that of onnx in Node within 1/255", async (name) => {
        const given = { ...picture, data: [...picture.data] };
        await page.call("takeLines");
        const found = (await page.call("upscale", name, model, given)) as readonly number[];
        expect(distance(found, expected)).toBeLessThanOrEqual(1);
      });
    });

    describe.each([
      [
        "the device is destroyed",
        onCard,
        "device-lost",
        /the graphics card was lost.*open the runtime again/,
      ],
      ["memory is refused", ["webgpu"], "out-of-memory", /no room for more.*use a smaller tile/],
      ["the engine is closed", NAMES, "closed", /the engine was closed; open the runtime again/],
    ] as const)("if in the middle of a tile %s", (fault, names, reason, message) => {
      it.each(names)("%s says so, keeps nothing, and works when it is opened again", async (name) => {
        const expected: Ending = await upscaleWell(onnxRuntime({ cache: null }));
        const { first, left, again } = (await page.call("withFault", name, fault)) as AfterFault;
        expect(first.error).toMatchObject({ _tag: "EngineFailed", engine: name, reason });
        expect(first.error?.message).toMatch(message);
        expect(left).toBe(0);
        expect(again.error).toBeNull();
        expect(distance(again.data, expected.data)).toBeLessThanOrEqual(1);
      });
    });

    it.each([
      ["webgpu", 12_000],
      ["onnx-webgpu", 12_000],
      ["onnx-wasm", 20_000],
    ])("%s says that a tensor is too large", async (name, side) => {
      expect(await page.call("tooMuch", name, side)).toMatchObject({
        message: expect.stringMatching(
          /no room for a tensor.*; open the runtime again and use a smaller tile$/,
        ),
        cause: { _tag: "EngineFailure", reason: "out-of-memory" },
      });
    });

    it("onnx-wasm has threads where the page is isolated, and elsewhere says that it has none", async () => {
      expect(await page.call("wordsOfOnnxWasm", {})).toEqual({ told: [], error: null });
      expect(page.page.workers().length).toBeGreaterThan(0);
      const other = await openProgramPage(PROGRAM, { headers: {}, browser: page.browser });
      const { told, error } = (await other.call("wordsOfOnnxWasm", { threads: 2 })) as WordsOfOnnxWasm;
      expect(other.page.workers()).toHaveLength(0);
      await other.close();
      expect(error).toBeNull();
      expect(told).toEqual([expect.stringMatching(/one thread.*Cross-Origin-Opener-Policy: same-origin/)]);
    });

    it("onnx-webgpu says once if the processor computes a part", async () => {
      expect(await page.call("wordsOfOnnxWebgpu")).toEqual([
        [],
        [expect.stringMatching(/^onnx-webgpu computes a part of the network on the processor, /)],
      ]);
    });

    it("onnx-wasm refuses other settings than those that it runs with", async () => {
      const { error } = (await page.call("wordsOfOnnxWasm", { threads: 7 })) as WordsOfOnnxWasm;
      expect(error).toMatch(/a second copy of ONNX Runtime.*in another worker/);
    });

    it.each(NAMES)("%s holds no more tensors after 1,000 tiles than after one", async (name) => {
      const alive = (await page.call("alive", name, 1000)) as readonly number[];
      expect(alive).toHaveLength(1000);
      expect(new Set(alive).size).toBe(1);
    });
  });
