/** The tools that the checks lean on: what they count, and how they refuse. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
