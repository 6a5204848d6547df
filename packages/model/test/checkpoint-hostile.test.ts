import { writeFile } from "node:fs/promises";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { hostileFiles } from "./checkpoint/hostile-files.ts";
import { dict, legacyFile, pickle, tensor } from "./checkpoint/pickle-assembler.ts";
import { readEverything } from "./checkpoint/read-everything.ts";
import { torchEntries, zip64End, zipFile } from "./checkpoint/zip-builder.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = await temporaryFolder();

describe("the parts of the hostile files can be read if nothing is wrong with them", () => {
  const numbers = Float32Array.of(1, 2, 3, 4);
  const saved = pickle(dict({ w: tensor({ shape: [2, 2], strides: [1, 2] }) }));
  const entries = torchEntries(saved, { "0": numbers });
  it.each([
    ["zip", zipFile(entries)],
    ["zip with records of zip64", zipFile(entries, { before: (truth) => zip64End(truth) })],
    ["zip, deflated", zipFile(entries.map((entry) => ({ ...entry, isDeflated: true })))],
    ["legacy", legacyFile(saved, { "0": numbers })],
  ])("%s", async (name, bytes) => {
    const file = path(`${name}.pth`);
    await writeFile(file, bytes);
    expect(await readEverything(file)).toMatchObject({
      right: {
        groups: [{ path: "", tensors: [{ name: "w", shape: [2, 2], data: Float32Array.of(1, 3, 2, 4) }] }],
      },
    });
  });
});

describe("a hostile file is refused in one line", () => {
  it.each(hostileFiles.map((hostile) => [hostile.name, hostile] as const))("%s", async (_, hostile) => {
    const file = path("hostile");
    await writeFile(file, hostile.bytes);
    const read = await readEverything(file);
    if (E.isRight(read)) throw new Error("it was accepted");
    const { message } = read.left;
    expect(message.startsWith(`${file}: `)).toBe(true);
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(message.length).toBeLessThan(file.length + 400);
    expect(message).toMatch(hostile.message);
  });
});
