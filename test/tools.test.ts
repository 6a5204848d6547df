/** The tools that the checks depend on: what they count, and how they refuse. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors } from "@tadsr/files";
import { inferArchitecture } from "@tadsr/model";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const tools = join(import.meta.dirname, "..", "tools");
const run = (tool: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [join(tools, tool), ...args], { encoding: "utf8" });

describe("count-tests", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tadsr-count-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A report of vitest with one file of these results. */
  const report = (name: string, status: string, ...results: readonly string[]): void =>
    writeFileSync(
      join(folder, `${name}.json`),
      JSON.stringify({ testResults: [{ status, assertionResults: results.map((status) => ({ status })) }] }),
    );
  const count = (...more: readonly string[]) => {
    const { status, stdout } = run("count-tests.mjs", folder, ...more);
    return { status, last: stdout.trim().split("\n").at(-1) };
  };

  test("adds up the reports of a folder", () => {
    report("a", "passed", "passed", "passed");
    report("b", "passed", "passed");
    expect(count()).toEqual({ status: 0, last: "3 passed, 0 failed" });
  });

  test.each<[string, readonly [string, ...string[]], string]>([
    ["a failed test", ["failed", "passed", "failed"], "1 passed, 1 failed"],
    ["a skipped test", ["passed", "passed", "skipped", "todo", "pending"], "1 passed, 3 failed"],
    ["a file that failed before its first test", ["failed"], "0 passed, 2 failed"],
    ["a file that failed beside its tests", ["failed", "passed"], "1 passed, 1 failed"],
  ])("counts %s as failed", (_, [status, ...results], last) => {
    report("a", status, ...results);
    expect(count()).toEqual({ status: 1, last });
  });

  test("counts other failures, a report that cannot be read, and a run without tests", () => {
    expect(count()).toEqual({ status: 1, last: "0 passed, 0 failed" });
    report("a", "passed", "passed");
    expect(count("2")).toEqual({ status: 1, last: "1 passed, 2 failed" });
    writeFileSync(join(folder, "b.json"), "{");
    expect(count()).toEqual({ status: 1, last: "1 passed, 1 failed" });
  });
});

describe("ncnn-weights", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tadsr-ncnn-weights-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const HALF = 0x01306b47;

  /**
   * A convolution as ncnn stores it: its weights 0, 1, 2, ... in half precision as they are in memory, then its bias.
   */
  const convolution = (inputs: number, outputs: number, tag = HALF): Buffer => {
    const count = inputs * outputs * 9;
    const head = Buffer.alloc(4);
    head.writeUInt32LE(tag);
    const weights = Buffer.alloc(Math.ceil(count / 2) * 4);
    for (let i = 0; i < count; i++) weights.writeUInt16LE(0x3c00 + (i % 1024), 2 * i);
    return Buffer.concat([head, weights, floats(outputs, 0.5)]);
  };
  const floats = (count: number, first: number): Buffer =>
    Buffer.from(Float32Array.from({ length: count }, (_, i) => first + i).buffer);

  /** 3 -> 5, one 5 -> 5, 5 -> 12: factor 2. */
  const srvgg = (): Buffer =>
    Buffer.concat([convolution(3, 5), floats(5, 1), convolution(5, 5), floats(5, 2), convolution(5, 12)]);

  const convert = (bytes: Buffer, param?: string) => {
    const [bin, output, beside] = ["net.bin", "net.safetensors", "net.param"].map((name) =>
      join(folder, name),
    );
    writeFileSync(bin as string, bytes);
    if (param !== undefined) writeFileSync(beside as string, param);
    const words = [bin as string, output as string, ...(param === undefined ? [] : [beside as string])];
    const { status, stdout, stderr } = run("ncnn-weights.mjs", ...words);
    return { status, stdout, stderr, output: output as string };
  };

  test("reads a network without its .param, without losing a bit", async () => {
    const { status, stdout, stderr, output } = convert(srvgg());
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toBe(`${output}: 8 tensors, 932 numbers\n`);
    const read = await readSafetensors(output)();
    if (read._tag === "Left") throw new Error(read.left.message);
    const { tensors } = read.right;
    expect(Object.entries(tensors).map(([name, { shape }]) => [name, shape])).toEqual([
      ...[
        ["body.0.weight", [5, 3, 3, 3]],
        ["body.0.bias", [5]],
        ["body.1.weight", [5]],
      ],
      ...[
        ["body.2.weight", [5, 5, 3, 3]],
        ["body.2.bias", [5]],
        ["body.3.weight", [5]],
      ],
      ...[
        ["body.4.weight", [12, 5, 3, 3]],
        ["body.4.bias", [12]],
      ],
    ]);
    // 1 + i / 1024; of an odd number of halves the last two bytes fill up.
    expect([...(tensors["body.2.weight"]?.data ?? [])]).toEqual(
      Array.from({ length: 225 }, (_, i) => 1 + i / 1024),
    );
    expect([...(tensors["body.3.weight"]?.data ?? [])]).toEqual([2, 3, 4, 5, 6]);
    expect([...(tensors["body.4.bias"]?.data ?? [])].at(-1)).toBe(11.5);
  });

  const layer = (name: string, outputs: number, count: number): string =>
    `Convolution ${name} 1 1 a b 0=${outputs} 1=3 4=1 5=1 6=${count} 9=2 -23310=1,2.000000e-01`;

  /** An RRDBNet with one block and 2 channels; each convolution adds 1. */
  const rrdbParam = (): string => {
    const dense = [1, 2, 3, 4, 5].map((i) =>
      layer(`c${i}`, i === 5 ? 2 : 1, (i + 1) * (i === 5 ? 2 : 1) * 9),
    );
    const rest = [2, 2, 2, 2].map((outputs, i) => layer(`r${i}`, outputs, 36));
    const all = [layer("first", 2, 54), ...dense, ...dense, ...dense, ...rest, layer("last", 3, 54)];
    return `7767517\n${all.length} 99\nInput data 0 1 data\n${all.join("\n")}\n`;
  };
  const rrdb = (): Buffer => {
    const dense = [1, 2, 3, 4, 5].map((i) => convolution(i + 1, i === 5 ? 2 : 1));
    const rest = [2, 2, 2, 2].map(() => convolution(2, 2));
    return Buffer.concat([convolution(3, 2), ...dense, ...dense, ...dense, ...rest, convolution(2, 3)]);
  };

  test("reads an RRDBNet by its .param", async () => {
    const { status, stderr, output } = convert(rrdb(), rrdbParam());
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const read = await readSafetensors(output)();
    if (read._tag === "Left") throw new Error(read.left.message);
    const shapes = new Map(Object.entries(read.right.tensors).map(([name, { shape }]) => [name, shape]));
    const inferred = inferArchitecture(shapes);
    expect(inferred).toMatchObject({
      right: { kind: "rrdb", config: { channels: 2, growth: 1, blocks: 1, factor: 4 } },
    });
  });

  test.each<[string, () => Buffer, (() => string) | undefined, RegExp]>([
    ["a file cut off", () => srvgg().subarray(0, 1000), undefined, /found 1000 bytes.*of 5 channels/],
    [
      "a file that goes on",
      () => Buffer.concat([srvgg(), Buffer.alloc(6)]),
      undefined,
      /found \d+ bytes.*of 5 channels/,
    ],
    [
      "another file",
      () => Buffer.from("not weights at all"),
      undefined,
      /found 18 bytes that are no SRVGGNet/,
    ],
    ["an empty file", () => Buffer.alloc(0), undefined, /found 0 bytes/],
    [
      "numbers of another type",
      () => convolution(3, 5, 0x000d4b38),
      rrdbParam,
      /tag 0xd4b38, expected 0x1306b47/,
    ],
    [
      "fewer numbers than the .param says",
      () => rrdb().subarray(0, 900),
      rrdbParam,
      /at byte \d+: found \d+ more bytes, expected \d+ for .* of body\.0\.rdb\d\.conv\d/,
    ],
    [
      "more numbers than that",
      () => Buffer.concat([rrdb(), Buffer.alloc(8)]),
      rrdbParam,
      /found 8 bytes after the last layer's/,
    ],
    [
      "a .param of another network",
      rrdb,
      () => `7767517\n1 1\n${layer("a", 2, 54)}\n`,
      /1 convolutions and no PReLU/,
    ],
    ["a file that is not a .param", rrdb, () => "nothing", /does not begin with 7767517/],
    [
      "other kernels",
      rrdb,
      () => rrdbParam().replace("1=3", "1=5"),
      /first of the \.param: expected a 3x3 convolution/,
    ],
  ])("refuses %s in one line, and writes nothing", (_, bytes, param, reason) => {
    const { status, stdout, stderr, output } = convert(bytes(), param?.());
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^ncnn-weights: [^\n]*\n$/);
    expect(stderr).toMatch(reason);
    expect(existsSync(output)).toBe(false);
  });

  test("prints its usage", () => {
    expect(run("ncnn-weights.mjs", "a.bin")).toMatchObject({ status: 1, stdout: "" });
    expect(run("ncnn-weights.mjs", join(folder, "none.bin"), "b").stderr).toMatch(
      /none\.bin: it cannot be read/,
    );
  });
});

test("setup-tensorflow refuses an unknown option in one line", () => {
  const tool = join(import.meta.dirname, "..", "packages", "runtime-cuda", "bin", "setup-tensorflow.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, "--gpu"], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^setup-tensorflow: .*--gpu.*--cuda.*\n$/);
});

describe("average-models", () => {
  const model = join(import.meta.dirname, "..", "packages", "model", "models", "small-x4");
  const average = (...args: readonly string[]) =>
    spawnSync(process.execPath, ["--import", "tsx", join(tools, "average-models.mjs"), ...args], {
      encoding: "utf8",
    });
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tadsr-average-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("weighs each number by the shares", async () => {
    const teacher = `${model}-teacher`;
    const { status, stderr } = average("--out", join(folder, "m"), `0.75:${model}`, `0.25:${teacher}`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [a, b, mean] = await Promise.all(
      [model, teacher, join(folder, "m")].map(async (each) => {
        const read = await readSafetensors(join(each, "model.safetensors"))();
        if (read._tag === "Left") throw new Error(read.left.message);
        return read.right.tensors["output.weight"]?.data ?? new Float32Array(0);
      }),
    );
    expect(mean?.length).toBeGreaterThan(1000);
    mean?.forEach((value, i) => {
      expect(Math.abs(value - 0.75 * (a?.[i] ?? 0) - 0.25 * (b?.[i] ?? 0))).toBeLessThan(1e-6);
    });
  });

  test.each([
    [["0.5:somewhere", "0.6:elsewhere"], "add up to 1"],
    [["somewhere", "0.5:elsewhere"], "somewhere"],
    [["1:somewhere"], "at least two"],
    [["0.5:nowhere", "0.5:nowhere"], "nowhere"],
  ])("refuses %j in one line", (words, reason) => {
    const { status, stdout, stderr } = average("--out", join(folder, "m"), ...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain(reason);
  });
});
