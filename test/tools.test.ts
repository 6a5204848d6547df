/** The tools that the checks lean on: what they count, and how they refuse. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors } from "@tadsr/model";
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

  test("counts what failed elsewhere, a report that cannot be read, and having run nothing", () => {
    expect(count()).toEqual({ status: 1, last: "0 passed, 0 failed" });
    report("a", "passed", "passed");
    expect(count("2")).toEqual({ status: 1, last: "1 passed, 2 failed" });
    writeFileSync(join(folder, "b.json"), "{");
    expect(count()).toEqual({ status: 1, last: "1 passed, 1 failed" });
  });
});

test("setup-tensorflow refuses an unknown option in one line", () => {
  const { status, stdout, stderr } = run("setup-tensorflow.mjs", "--gpu");
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
