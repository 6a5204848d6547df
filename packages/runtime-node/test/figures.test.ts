/** What is kept of a measurement, and what `auto` takes by it. */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { autoChoice, examineCache, nodeProblem } from "../src/examine.ts";
import {
  circumstancesOf,
  FIGURES_FILE,
  type Figure,
  fasterFirst,
  keepFigures,
  keptFigures,
  packageVersion,
  type RuntimeEntry,
  runtimeEntries,
} from "../src/index.ts";
import { temporaryFolder } from "./cache-folder.ts";

const figure = (name: string, upscaling: number, training: number | null = null): Figure => ({
  ...{ name, upscaling, training },
});

const fake: RuntimeEntry = { isSingleThreaded: true, make: () => runtimeEntries.reference.make({}) };
const gpu: RuntimeEntry = { ...fake, isGpu: true };
const entries = { slow: fake, fast: fake, card: gpu, other: gpu };

describe("figures", () => {
  const figures = [figure("onnx", 100), figure("wasm", 20, 5)];

  it("are read again under the same circumstances only, and leave no draft", async () => {
    const folder = join(await temporaryFolder(), "new");
    expect(await keptFigures(folder, () => ["a"])).toEqual([]);
    expect(await keepFigures(folder, ["a", "b"], figures)()).toEqual(E.right(undefined));
    expect(await keptFigures(folder, () => ["a", "b"])).toEqual(figures);
    expect(await keptFigures(folder, () => ["a", "c"])).toEqual([]);
    expect(await keptFigures(null, () => ["a", "b"])).toEqual([]);
    await keepFigures(folder, ["a"], [])();
    expect(await keptFigures(folder, () => ["a", "b"])).toEqual([]);
    expect(await readdir(folder)).toEqual([FIGURES_FILE]);
  });

  it("that are damaged count as none", async () => {
    const folder = await temporaryFolder();
    for (const text of [
      "",
      "{",
      "null",
      '{"circumstances":["a"]}',
      '{"circumstances":["a"],"figures":[{"name":"onnx","upscaling":"fast","training":null}]}',
      '{"circumstances":["a"],"figures":[{"name":"onnx","upscaling":-1,"training":null}]}',
    ]) {
      await writeFile(join(folder, FIGURES_FILE), text);
      expect([text, await keptFigures(folder, () => ["a"])]).toEqual([text, []]);
    }
  });

  it("cannot be kept in a folder that cannot be made", async () => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    const kept = await keepFigures(join(file, "cache"), [], [])();
    expect(kept).toMatchObject({ left: { _tag: "FiguresUnwritable" } });
    expect(E.isLeft(kept) ? kept.left.message : "").toMatch(/cannot be kept in .*TADSR_CACHE/);
  });

  it("depend on the program, Node, the processor and the libraries", () => {
    const circumstances = circumstancesOf(runtimeEntries, "program 1").join("\n");
    expect(circumstances).toContain("program 1");
    expect(circumstances).toContain(`node ${process.versions.node}`);
    expect(circumstances).toContain(process.arch);
    expect(circumstances).toMatch(/^onnxruntime-node \d+\.\d+\.\d+$/m);
    expect(circumstances).toMatch(/^@tensorflow\/tfjs-backend-wasm \d+\.\d+\.\d+$/m);
    expect(packageVersion(import.meta.url, "no-such-package", "deeper")).toBe("deeper");
  });
});

describe("what auto tries", () => {
  const preferred = ["fast", "slow"] as const;

  it("begins with graphics cards that are clearly faster, fastest first", () => {
    const order = (...figures: readonly Figure[]) => fasterFirst(entries, preferred, figures, "upscaling");
    expect(order()).toEqual(preferred);
    expect(order(figure("fast", 100), figure("card", 149))).toEqual(preferred);
    expect(order(figure("fast", 100), figure("card", 150))).toEqual(["card", "fast", "slow"]);
    expect(order(figure("fast", 100), figure("other", 400), figure("card", 900))).toEqual([
      ...["card", "other", "fast", "slow"],
    ]);
    // The faster of the candidates counts, and a card alone says nothing.
    expect(order(figure("fast", 1), figure("slow", 100), figure("card", 20))).toEqual(preferred);
    expect(order(figure("card", 900))).toEqual(preferred);
  });

  it("takes only what has gradients for training", () => {
    const figures = [figure("fast", 10, 10), figure("card", 900), figure("other", 20, 20)];
    expect(fasterFirst(entries, preferred, figures, "training")).toEqual(["other", "fast", "slow"]);
  });

  it("is told with the reason", () => {
    const ready = (one: Figure) => ({ ...one, status: "ready", notes: [] }) as const;
    const missing = { name: "fast", status: "missing", missing: "it", remedy: "install it" } as const;
    const choice = (...examined: Parameters<typeof autoChoice>[2]) =>
      autoChoice(entries, preferred, examined, "upscaling");
    expect(choice(missing)).toEqual({ runtime: null, why: "none of fast and slow is ready" });
    expect(choice(missing, ready(figure("slow", 3)))).toEqual({
      ...{ runtime: "slow", why: "the first of fast and slow that is ready" },
    });
    expect(choice(ready(figure("fast", 100)), ready(figure("card", 120))).why).toBe(
      "the first of fast and slow that is ready; no graphics card was measured to be 1.5 times as fast",
    );
    expect(choice(ready(figure("fast", 100)), ready(figure("card", 250)))).toEqual({
      ...{ runtime: "card", why: "measured 2.5 times as fast as the fastest of fast and slow" },
    });
  });
});

describe("the machine", () => {
  it("has a Node that is new enough, or what to install", () => {
    for (const version of ["20.19.0", "20.19.1", "20.20.0", "22.0.0"])
      expect(nodeProblem(version, "20.19.0")).toBeNull();
    for (const version of ["20.18.9", "18.20.4", "20.9.0"])
      expect(nodeProblem(version, "20.19.0")).toBe(`Node ${version} is too old: install 20.19.0 or later`);
  });

  it("has a cache with a size that can be written, or what to do", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "a"), new Uint8Array(1000));
    expect(await examineCache(folder)).toEqual({ folder, bytes: 1000, problem: null });
    expect(await readdir(folder)).toEqual(["a"]);
    const { problem } = await examineCache(join(folder, "a", "cache"));
    expect(problem).toBe(
      "it cannot be written (ENOTDIR): allow writing, or name another folder in TADSR_CACHE",
    );
    expect(await examineCache(null)).toEqual({ folder: null, bytes: 0, problem: null });
  });
});
