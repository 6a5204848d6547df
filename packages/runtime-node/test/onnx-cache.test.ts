/**
 * The runtime `onnx` with its cache: it fills it, uses it, repairs it if it is damaged, and works without it if it
 * must.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { NdArray } from "@tadsr/core";
import { given, lower, termAlgebra } from "@tadsr/engine-onnx";
import { describe, expect, it, onTestFinished } from "vitest";
import { contentKey } from "../src/onnx/content-key.ts";
import { MODEL_FILE } from "../src/onnx/model-cache.ts";
import { cacheIn, namesIn, temporaryFolder, WEIGHTS_FILE } from "./cache-folder.ts";
import { computeWithCache, expectedLarge } from "./large-computation.ts";

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const expectRight = async ({ shape, data }: NdArray): Promise<void> => {
  const expected = await expectedLarge();
  expect(shape).toEqual(expected.shape);
  const numbers = [...expected.data];
  const size = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const error = numbers.reduce((most, x, i) => Math.max(most, Math.abs(x - (data[i] as number))), 0);
  expect(error / size).toBeLessThan(1e-5);
};

/** The only entry of a cache. */
const entryOf = async (folder: string): Promise<string> => {
  const names = await namesIn(folder);
  expect(names).toHaveLength(1);
  return join(folder, names[0] as string);
};

/** What changes if files are written again. It includes the cache's folder, in which a draft would have been. */
const marksOf = async (entry: string): Promise<readonly unknown[]> =>
  Promise.all(
    [join(entry, ".."), join(entry, MODEL_FILE), join(entry, WEIGHTS_FILE)].map(async (path) => {
      const { ino, mtimeMs, size } = await stat(path);
      return { path, ino, mtimeMs, size };
    }),
  );

describe("onnx with a cache", () => {
  it("keeps the optimised graph, which gives the same numbers without writing again", async () => {
    const folder = join(await temporaryFolder(), "cache");
    const first = await computeWithCache(folder);
    const entry = await entryOf(folder);
    expect((await readdir(entry)).sort()).toEqual([MODEL_FILE, "seal.json", WEIGHTS_FILE]);
    const marks = await marksOf(entry);
    const second = await computeWithCache(folder);
    expect(await marksOf(await entryOf(folder))).toEqual(marks);
    expect(second.result).toEqual(first.result);
    await expectRight(second.result);
    expect([...first.told, ...second.told]).toEqual([]);
  });

  it("keeps one entry for each graph and its weights", async () => {
    const folder = await temporaryFolder();
    await computeWithCache(folder, [1, 5, 1]);
    expect(await namesIn(folder)).toHaveLength(2);
    await computeWithCache(folder, [5]);
    expect(await namesIn(folder)).toHaveLength(2);
  });

  it("keeps none if it has no cache", async () => {
    const { result, told } = await computeWithCache(null);
    await expectRight(result);
    expect(told).toEqual([]);
  });

  it("makes the entry again if its weights were changed, and says so", async () => {
    const folder = await temporaryFolder();
    await computeWithCache(folder);
    const path = join(await entryOf(folder), WEIGHTS_FILE);
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 64;
    await writeFile(path, bytes);
    const again = await computeWithCache(folder);
    await expectRight(again.result);
    expect(again.told).toEqual([
      `the cache's entry ${await entryOf(folder)} is damaged (${WEIGHTS_FILE} has changed): it is made again`,
    ]);
    const marks = await marksOf(await entryOf(folder));
    const third = await computeWithCache(folder);
    await expectRight(third.result);
    expect(third.told).toEqual([]);
    expect(await marksOf(await entryOf(folder))).toEqual(marks);
  });

  it("makes it again if ONNX Runtime cannot read what was sealed, and says so", async () => {
    const folder = await temporaryFolder();
    await computeWithCache(folder);
    const entry = await entryOf(folder);
    await truncate(join(entry, MODEL_FILE), 20);
    const seal = await Promise.all(
      [MODEL_FILE, WEIGHTS_FILE].map(async (name) => {
        const bytes = await readFile(join(entry, name));
        return { name, size: bytes.length, digest: digestOf(bytes) };
      }),
    );
    await writeFile(join(entry, "seal.json"), JSON.stringify(seal));
    const again = await computeWithCache(folder);
    await expectRight(again.result);
    expect(again.told).toHaveLength(1);
    expect(again.told[0]).toContain(`the cache's entry ${entry} is damaged (`);
    expect(again.told[0]).not.toContain("\n");
    expect((await computeWithCache(folder)).told).toEqual([]);
  });

  it("computes without a cache, and says so once, if there can be none", async () => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    const { result, told } = await computeWithCache(join(file, "cache"), [5, 1]);
    await expectRight(result);
    expect(told).toEqual([
      `the cache ${join(file, "cache")} cannot be read (ENOTDIR): models are prepared again each time`,
    ]);
  });
});

const SCRIPT = new URL("./racing-process.ts", import.meta.url).pathname;

/** A separate process, and a function for the next line that it prints. */
const start = (cache: string, barrier: string) => {
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", SCRIPT, cache, barrier], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  if (child.stdout === null) throw new Error("the process has no output");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done === true) throw new Error("the process ended early");
    return next.value;
  };
  return { child, line };
};

describe("processes that share a cache", () => {
  it("fill the same entry at once: both results are right, and one entry is left and no draft", async () => {
    const home = await temporaryFolder();
    const [cache, barrier] = [join(home, "cache"), join(home, "barrier")];
    const racers = [start(cache, barrier), start(cache, barrier)];
    for (const { line } of racers) expect(await line()).toBe("ready");
    await writeFile(barrier, "");
    const outcomes = await Promise.all(racers.map(async ({ line }) => JSON.parse(await line()) as unknown));
    const marks = await marksOf(await entryOf(cache));
    const later = await computeWithCache(cache);
    await expectRight(later.result);
    expect(later.told).toEqual([]);
    expect(await marksOf(await entryOf(cache))).toEqual(marks);
    const digest = digestOf(new Uint8Array(Float32Array.from(later.result.data).buffer));
    for (const outcome of outcomes) expect(outcome).toEqual({ digest, told: [] });
  });

  it("lose nothing by one that is killed while it writes", async () => {
    const folder = await temporaryFolder();
    const { child, line } = start(folder, "hang");
    expect(await line()).toBe("writing");
    child.kill("SIGKILL");
    await once(child, "exit");
    const { cache, told } = cacheIn(folder);
    expect(await cache.find("key")).toBeNull();
    expect(await namesIn(folder)).not.toContain("key");
    expect(told).toEqual([]);
  });
});

describe("an entry's key", () => {
  const weights = Float32Array.of(1, 2, 3, 4);
  const keyOf = (
    data: Float32Array,
    height: number,
    circumstances: readonly string[],
    twice = false,
  ): string => {
    const image = given("image", { shape: [1, height, 2, 2], data: new Float32Array(height * 4) }, "data");
    const term = termAlgebra.linear(image, given("matrix", { shape: [2, 2], data }, "constant"), null);
    return contentKey(
      lower([twice ? termAlgebra.add(term, term) : term], {
        opset: 20,
        winograd: "never",
        openSizes: false,
        nameOf: () => "image",
        resultNames: ["result"],
      }),
      circumstances,
    );
  };

  it("depends on content: equal weights in another array give the same key", () => {
    expect(keyOf(weights.slice(), 2, ["a"])).toBe(keyOf(weights, 2, ["a"]));
  });

  it("differs for another weight, size, operation or circumstance", () => {
    const changed = weights.slice();
    changed[3] = 5;
    const keys = [
      keyOf(weights, 2, ["a"]),
      keyOf(changed, 2, ["a"]),
      keyOf(weights, 4, ["a"]),
      keyOf(weights, 2, ["a"], true),
      keyOf(weights, 2, ["b"]),
      keyOf(weights, 2, ["a", "b"]),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
