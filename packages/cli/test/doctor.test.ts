/** `tadsr doctor` with runtimes that need nothing, and what `auto` and `--device` do. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  circumstancesOf,
  FIGURES_FILE,
  type Figure,
  keptFigures,
  runtimeEntries as ofNode,
  type RuntimeEntry,
} from "@tadsr/runtime-node";
import { type Examined, examineApart } from "@tadsr/runtime-node/examine";
import * as E from "fp-ts/lib/Either.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { autoOpener } from "../src/auto-runtime.ts";
import { programFile } from "../src/doctor/program-file.ts";
import { type Examination, runDoctor } from "../src/doctor/run.ts";
import { run } from "../src/program.ts";
import { VERSION } from "../src/version.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const entry: RuntimeEntry = { isSingleThreaded: true, make: () => ofNode.reference.make({}) };
const entries = { onnx: entry, wasm: entry, card: { ...entry, isGpu: true }, old: entry } as const;
const preferences = { upscaling: ["onnx", "wasm"], training: ["wasm"] } as const;

const FOUND: Readonly<Record<keyof typeof entries, Examined>> = {
  onnx: { name: "onnx", status: "ready", upscaling: 123.4, training: null, notes: [] },
  wasm: { name: "wasm", status: "missing", missing: "TensorFlow.js", remedy: "install it: npm install x" },
  card: {
    ...{ name: "card", status: "ready", upscaling: 2000, training: 900 },
    ...{ devices: ["Big", "Small"], notes: ["card leaves 1 of 9 nodes to the processor: 1 Gather"] },
  },
  old: { name: "old", status: "failed", message: "its process crashed (SIGSEGV); use another runtime" },
};

const examination = (
  cache: string,
  found: Partial<Record<keyof typeof entries, Examined>> = {},
): Examination<keyof typeof entries> => ({
  entries,
  preferences,
  environment: { TADSR_CACHE: cache },
  examine: async (name) => ({ ...FOUND, ...found })[name as keyof typeof entries],
});

const doctor = async (json: boolean, ...given: Parameters<typeof examination>) => {
  const { shell, out, err } = memoryShell(folder.path);
  const done = await runDoctor(shell, { json }, examination(...given))();
  return { code: E.isRight(done) ? done.right : null, out: out(), err: err() };
};

describe("tadsr doctor", () => {
  it("prints the machine, a line for each runtime, and what auto takes", async () => {
    const { code, out, err } = await doctor(false, folder.path);
    expect([code, err]).toEqual([0, ""]);
    const lines = out.split("\n");
    const line = (start: string): string => lines.find((text) => text.startsWith(start)) ?? "";
    expect(line("tadsr")).toMatch(new RegExp(`${VERSION}$`));
    expect(line("Node")).toContain(process.versions.node);
    expect(line("memory")).toMatch(/GiB, of which .* can be used now$/);
    expect(line("cache")).toMatch(/ MiB, it can be written$/);
    expect(line("graphics cards")).toMatch(/card 0: Big$/);
    expect(out).toMatch(/^ +card 1: Small$/m);
    expect(line("onnx")).toMatch(/^onnx +ready +123 +-$/);
    expect(line("wasm")).toMatch(/^wasm +missing +TensorFlow\.js; install it: npm install x$/);
    expect(line("card")).toMatch(/^card +ready +2\.00e\+3 +900 +card leaves 1 of 9 nodes/);
    expect(line("old")).toMatch(/^old +failed +its process crashed \(SIGSEGV\); use another runtime$/);
    expect(line("auto for upscaling")).toBe(
      "auto for upscaling: card, measured 16.2 times as fast as the fastest of onnx and wasm",
    );
    expect(line("auto for training")).toBe("auto for training: none of wasm is ready");
  });

  it("prints the same as data, and keeps the figures", async () => {
    const { out } = await doctor(true, folder.path);
    const report: unknown = JSON.parse(out);
    expect(report).toMatchObject({
      ...{ tadsr: VERSION, node: process.versions.node, nodeProblem: null },
      cache: { folder: folder.path, problem: null },
      runtimes: Object.values(FOUND),
      auto: { upscaling: { runtime: "card" }, training: { runtime: null } },
    });
    const kept = await keptFigures(folder.path, () => circumstancesOf(entries, `tadsr ${VERSION}`));
    expect(kept.map(({ name, upscaling }) => [name, upscaling])).toEqual([
      ["onnx", 123.4],
      ["card", 2000],
    ]);
  });

  it("ends with 1 if nothing can upscale", async () => {
    const missing = { name: "onnx", status: "missing", missing: "it", remedy: "install it" } as const;
    const { code, out } = await doctor(false, folder.path, {
      onnx: missing,
      card: { ...missing, name: "card" },
    });
    expect(code).toBe(1);
    expect(out).toContain("auto for upscaling: none of onnx and wasm is ready\n");
    expect(out).toContain("none that can be used");
  });

  it("says what to do about a cache that cannot be written", async () => {
    const file = join(folder.path, "file");
    writeFileSync(file, "");
    const { code, out, err } = await doctor(false, join(file, "cache"));
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^cache .*cannot be written \(ENOTDIR\): .*TADSR_CACHE$/m);
    expect((await doctor(false, "")).out).toMatch(/^cache +none, because TADSR_CACHE is empty$/m);
    expect(existsSync(join(folder.path, FIGURES_FILE))).toBe(false);
  });

  it("starts the command itself for each runtime", async () => {
    const examine = examineApart({
      program: (name) => ["--import", "tsx", programFile(), "examine-runtime", name],
    });
    expect(await examine("reference")).toMatchObject({ name: "reference", status: "ready" });
    const { shell, err } = memoryShell(folder.path);
    expect(await run(shell, ["examine-runtime", "abacus"])).toBe(2);
    expect(err()).toMatch(/there is no runtime 'abacus'; there are reference, cpu, /);
  });
});

describe("auto", () => {
  const named = (name: string): RuntimeEntry => ({
    ...entry,
    make: (options) => ({ ...ofNode.reference.make(options), name, open: opening(name) }),
  });
  const opening = (name: string) => async () => {
    const opened = await ofNode.reference.make({}).open();
    return E.map((engine: object) => ({ ...engine, name }))(opened) as typeof opened;
  };
  const card: RuntimeEntry = { ...named("card"), isGpu: true };
  const figures: readonly Figure[] = [
    { name: "onnx", upscaling: 100, training: null },
    { name: "wasm", upscaling: 10, training: 5 },
    { name: "card", upscaling: 200, training: 6 },
  ];
  const open = async (
    kept: readonly Figure[],
    options: Parameters<ReturnType<typeof autoOpener>>[1] = {},
    cards: RuntimeEntry = card,
  ) => {
    const told: string[] = [];
    const opener = autoOpener<string>(
      { onnx: named("onnx"), wasm: named("wasm"), card: cards },
      preferences,
      async () => kept,
    );
    const opened = await opener("auto", { ...options, tell: (line) => told.push(line) })();
    return [E.isRight(opened) ? opened.right.name : opened.left.message, ...told];
  };

  it("is as ever if nothing was measured, and a measured card with a line that says so", async () => {
    expect(await open([])).toEqual(["onnx"]);
    expect(await open(figures)).toEqual([
      "card",
      "auto takes card, which tadsr doctor measured to be the fastest here",
    ]);
  });

  it("goes by the figures of the work that is asked for", async () => {
    expect(await open(figures, { work: "training" })).toEqual(["wasm"]);
    expect(
      await open([{ name: "wasm", upscaling: 10, training: 1 }, ...figures.slice(2)], { work: "training" }),
    ).toEqual(["card", expect.stringContaining("auto takes card")]);
  });

  it("stays on the processor if threads are asked for", async () => {
    expect(await open(figures, { threads: 1 })).toEqual(["onnx"]);
  });

  it("says if the card does not open any more", async () => {
    const gone: RuntimeEntry = { ...ofNode["onnx-cuda"], isGpu: true, make: () => brokenRuntime };
    expect(await open(figures, {}, gone)).toEqual([
      "onnx",
      "auto takes onnx, since card does not open any more; tadsr doctor says why",
    ]);
  });
});

const brokenRuntime: ReturnType<RuntimeEntry["make"]> = {
  name: "card",
  epsilon: 1e-6,
  open: async () =>
    E.left({ _tag: "RuntimeUnavailable", runtime: "card", missing: "it", remedy: "mend it", message: "" }),
};

describe("--device", () => {
  const upscale = async (...words: readonly string[]): Promise<readonly [number, string]> => {
    const { shell, err } = memoryShell(folder.path);
    const out = join(folder.path, "demo.png");
    return [await run(shell, ["demo", "--model", "tiny-x4", "-o", out, ...words]), err()];
  };

  it.each([
    ["auto", /name one that can: onnx-cuda, webgpu\n$/],
    ["onnx", /it computes on the processor\n$/],
    ["wasm", /it computes on the processor\n$/],
    [
      "onnx-webgpu",
      /ONNX Runtime's provider of WebGPU takes the system's first one; use webgpu or onnx-cuda\n$/,
    ],
    ["tensorflow", /set CUDA_VISIBLE_DEVICES instead\n$/],
  ])("is refused for %s, with the reason", async (runtime, reason) => {
    const [code, err] = await upscale("--runtime", runtime, "--device", "1");
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`^tadsr: --device 1: runtime ${runtime} cannot choose graphics card 1: `));
    expect(err).toMatch(reason);
  });

  it("that is not there is an error, and no other runtime is taken", async () => {
    const [code, err] = await upscale("--runtime", "webgpu", "--device", "63");
    expect(code).toBe(1);
    expect(err).toMatch(/^tadsr: runtime webgpu cannot be opened: .* is missing; [^\n]+\n$/);
    expect(existsSync(join(folder.path, "demo.png"))).toBe(false);
  });
});
