import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../src/program.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";

const noise = (width: number, height: number) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: "#888",
      noise: { type: "gaussian", mean: 128, sigma: 40 },
    },
  });

let folder = "";
let remove = (): void => {};
beforeEach(async () => {
  ({ path: folder, remove } = temporaryFolder());
  await mkdir(join(folder, "originals"));
  await noise(41, 26)
    .png()
    .toFile(join(folder, "originals", "one.png"));
});

afterEach(() => remove());

describe("tadsr degrade", () => {
  it("writes pairs, the large ones cut to multiples of four", async () => {
    const { shell, out } = memoryShell(folder);
    expect(await run(shell, ["degrade", "originals", "-o", "pairs"])).toBe(0);
    expect(out()).toBe("pairs/lr and pairs/hr: 1 pair, 0 skipped\n");
    const sizes = await Promise.all(
      ["lr", "hr"].map(async (kind) => sharp(join(folder, "pairs", kind, "one.png")).metadata()),
    );
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [10, 6],
      [40, 24],
    ]);
  });

  it("gives the same bytes for the same seed, others for another, others for plain bicubic", async () => {
    const bytes = async (...words: readonly string[]): Promise<string> => {
      const name = `pairs-${words.join("")}`;
      const { shell } = memoryShell(folder);
      expect(await run(shell, ["degrade", "originals", "-o", name, ...words])).toBe(0);
      return (
        await sharp(join(folder, name, "lr", "one.png"))
          .raw()
          .toBuffer()
      ).toString("hex");
    };
    const first = await bytes("--seed", "3");
    expect(await bytes("--seed", "3", "--degradation", "realesrgan")).toBe(first);
    expect(await bytes("--seed", "4")).not.toBe(first);
    expect(await bytes("--degradation", "bicubic")).not.toBe(first);
  });

  it("does not write into a folder that exists unless told to", async () => {
    await mkdir(join(folder, "pairs"));
    const { shell, err } = memoryShell(folder);
    expect(await run(shell, ["degrade", "originals", "-o", "pairs"])).toBe(1);
    expect(err()).toBe("tadsr: pairs: it exists already; choose another folder, or give --force\n");
    expect(await readdir(join(folder, "pairs"))).toEqual([]);
    expect(await run(shell, ["degrade", "originals", "-o", "pairs", "--force"])).toBe(0);
  });

  it("goes on after a file that is no picture, and tells it", async () => {
    await writeFile(join(folder, "originals", "two.jpg"), "not a picture");
    const { shell, err } = memoryShell(folder);
    expect(await run(shell, ["degrade", "originals", "-o", "pairs"])).toBe(1);
    expect(err()).toMatch(/^tadsr: two\.jpg skipped: /);
    expect(await readdir(join(folder, "pairs", "lr"))).toEqual(["one.png"]);
  });
});
