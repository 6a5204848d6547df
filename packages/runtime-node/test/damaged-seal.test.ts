/** If an entry's seal is changed, the entry is reported as damaged and made again, or stays as it was. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheIn, namesIn, temporaryFolder, writeEntry } from "./cache-folder.ts";

/** Whether the cache makes the entry with this seal again, with one line. Fails if it does anything else. */
const madeAgain = async (folder: string, seal: string | Uint8Array): Promise<void> => {
  await cacheIn(folder).cache.fill("key", writeEntry());
  await writeFile(join(folder, "key", "seal.json"), seal);
  const { cache, told } = cacheIn(folder);
  const found = await cache.find("key");
  if (found === null) {
    expect(told).toHaveLength(1);
    expect(told[0]).toContain("is damaged");
    expect(await namesIn(folder)).toEqual([]);
  } else expect(told).toEqual([]);
};

describe("an entry whose seal", () => {
  it.each([
    ["lists what is no file", "[null]"],
    ["lists a number after the model", '[{"name":"model.onnx","size":9,"digest":""},7]'],
    ["names a file by a number", '[{"name":"model.onnx"},{"name":5,"size":1,"digest":""}]'],
    ["is null", "null"],
    ["is a record", '{"name":"model.onnx"}'],
  ])("%s is made again", async (_, seal) => {
    await madeAgain(await temporaryFolder(), seal);
  });

  it("has one changed byte is made again", async () => {
    const folder = await temporaryFolder();
    await cacheIn(folder).cache.fill("key", writeEntry());
    const bytes = await readFile(join(folder, "key", "seal.json"));
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.map((byte, place) => (place === at ? byte ^ (1 << (at % 7)) : byte));
      await madeAgain(folder, changed);
    }
  });
});
