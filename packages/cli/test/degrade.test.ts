import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { degradationPresets } from "@tadsr/train";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEGRADATIONS } from "../src/options.ts";
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

  it("gives the same bytes for the same seed, and others for another seed or for plain bicubic", async () => {
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

  it("does not write into a folder that exists without --force", async () => {
    await mkdir(join(folder, "pairs"));
    const { shell, err } = memoryShell(folder);
    expect(await run(shell, ["degrade", "originals", "-o", "pairs"])).toBe(1);
    expect(err()).toBe("tadsr: pairs: it exists already; choose another folder, or give --force\n");
    expect(await readdir(join(folder, "pairs"))).toEqual([]);
    expect(await run(shell, ["degrade", "originals", "-o", "pairs", "--force"])).toBe(0);
  });

  it("goes on after a file that is not a picture, and reports it", async () => {
    await writeFile(join(folder, "originals", "two.jpg"), "not a picture");
    const { shell, err } = memoryShell(folder);
    expect(await run(shell, ["degrade", "originals", "-o", "pairs"])).toBe(1);
    expect(err()).toMatch(/^tadsr: two\.jpg skipped: /);
    expect(await readdir(join(folder, "pairs", "lr"))).toEqual(["one.png"]);
  });

  it("writes several versions of each original, each with its own draws", async () => {
    const { shell, out } = memoryShell(folder);
    expect(await run(shell, ["degrade", "originals", "-o", "pairs", "--variants", "3"])).toBe(0);
    expect(out()).toBe("pairs/lr and pairs/hr: 3 pairs, 0 skipped\n");
    const names = ["one-1.png", "one-2.png", "one-3.png"];
    for (const kind of ["lr", "hr"])
      expect((await readdir(join(folder, "pairs", kind))).sort()).toEqual(names);
    const pixels = (path: string): Promise<Buffer> => sharp(join(folder, path)).raw().toBuffer();
    const small = await Promise.all(names.map((name) => pixels(`pairs/lr/${name}`)));
    expect(new Set(small.map((data) => data.toString("hex"))).size).toBe(3);
    expect(await run(memoryShell(folder).shell, ["degrade", "originals", "-o", "single"])).toBe(0);
    expect(await pixels("single/lr/one.png")).toEqual(small[0]);
  });

  it("takes a degradation from a file, and says what is wrong with it before it writes", async () => {
    await writeFile(join(folder, "mine.json"), '{"kind": "bicubic", "scale": 2}');
    expect(
      await run(memoryShell(folder).shell, [
        "degrade",
        "originals",
        "-o",
        "pairs",
        "--degradation",
        "mine.json",
      ]),
    ).toBe(0);
    const { width, height } = await sharp(join(folder, "pairs/lr/one.png")).metadata();
    expect([width, height]).toEqual([20, 13]);
    await writeFile(join(folder, "bad.json"), '{"kind": "bicubic", "scale": 2.5}');
    for (const [name, message] of [
      ["bad.json", "bad.json: scale must be a whole number from 1 to 8; found 2.5"],
      ["strong", `no degradation strong; there are ${DEGRADATIONS}, or give the path of a JSON file`],
    ] as const) {
      const { shell, err } = memoryShell(folder);
      expect(await run(shell, ["degrade", "originals", "-o", "none", "--degradation", name])).toBe(1);
      expect(err()).toBe(`tadsr: ${message}\n`);
    }
    expect((await readdir(folder)).sort()).toEqual(["bad.json", "mine.json", "originals", "pairs"]);
  });

  it("never replaces an original, even with --force", async () => {
    await mkdir(join(folder, "own"));
    await rename(join(folder, "originals"), join(folder, "own", "hr"));
    await symlink(join(folder, "own"), join(folder, "linked"));
    const before = await readFile(join(folder, "own", "hr", "one.png"));
    for (const [words, refused] of [
      [["own/hr", "-o", "own"], "own/hr: the results would replace the originals themselves"],
      [["own/hr", "-o", "linked"], "linked/hr: the results would replace the originals themselves"],
      [["own/hr", "--sheet", "own/hr/one.png"], "the sheet would replace one of the originals"],
      [["own/hr", "--sheet", "linked/hr/one.png"], "the sheet would replace one of the originals"],
    ] as const) {
      const { shell, err } = memoryShell(folder);
      expect(await run(shell, ["degrade", ...words, "--force"])).toBe(1);
      expect(err()).toContain(refused);
      expect(err()).toMatch(/^tadsr: [^\n]*\n$/);
    }
    expect(await readFile(join(folder, "own", "hr", "one.png"))).toEqual(before);
    expect(await readdir(join(folder, "own"))).toEqual(["hr"]);
  });

  it("gives each original its own pair, even if names are similar", async () => {
    await rm(join(folder, "originals", "one.png"));
    for (const name of ["a.png", "a.jpg", "a.jpg.png"])
      await noise(16, 16).toFile(join(folder, "originals", name));
    const { shell, out } = memoryShell(folder);
    expect(await run(shell, ["degrade", "originals", "-o", "pairs"])).toBe(0);
    expect(out()).toContain("3 pairs");
    for (const kind of ["lr", "hr"])
      expect((await readdir(join(folder, "pairs", kind))).sort()).toEqual([
        "a.jpg.png",
        "a.jpg.png.png",
        "a.png.png",
      ]);
  });

  it("says on one line that a file is not JSON, and takes one that begins with a byte-order mark", async () => {
    await writeFile(join(folder, "binary.json"), Uint8Array.of(0x89, 0x50, 10, 13, 10, 0x1a, 10));
    const { shell, err } = memoryShell(folder);
    expect(await run(shell, ["degrade", "originals", "-o", "pairs", "--degradation", "binary.json"])).toBe(1);
    expect(err()).toMatch(/^tadsr: binary\.json: it is no JSON: [^\n]*\n$/);
    await writeFile(join(folder, "marked.json"), '\uFEFF{ "preset": "light" }');
    const marked = memoryShell(folder);
    expect(await run(marked.shell, ["degrade", "originals", "-o", "m", "--degradation", "marked.json"])).toBe(
      0,
    );
  });

  it("names every preset in its help", () => {
    expect(DEGRADATIONS).toBe(Object.keys(degradationPresets).join(", "));
  });
});

describe("tadsr degrade --sheet", () => {
  const pixelAt = async (file: string, left: number, top: number): Promise<readonly number[]> =>
    Array.from(await sharp(file).extract({ left, top, width: 1, height: 1 }).raw().toBuffer());

  it("draws the originals, bicubic and the draws side by side", async () => {
    await sharp({ create: { width: 300, height: 280, channels: 3, background: "#3070b0" } })
      .png()
      .toFile(join(folder, "originals", "blue.png"));
    const { shell, out } = memoryShell(folder);
    expect(await run(shell, ["degrade", "originals", "--sheet", "sheet.png", "--variants", "2"])).toBe(0);
    expect(out()).toBe("sheet.png: 2 originals\n");
    const file = join(folder, "sheet.png");
    // Four columns: original, bicubic, two draws; a row for each original.
    const { width, height } = await sharp(file).metadata();
    expect([width, height]).toEqual([8 + 4 * 264, 52 + 2 * 316]);
    const [original, bicubic] = [await pixelAt(file, 100, 150), await pixelAt(file, 364, 150)];
    expect(original).toEqual([0x30, 0x70, 0xb0]);
    expect(bicubic).toEqual(original);
    // Each pixel becomes a square of four with one colour.
    const { data } = await sharp(file)
      .extract({ left: 8 + 2 * 264, top: 52, width: 256, height: 256 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number): string =>
      data.subarray(3 * (256 * y + x), 3 * (256 * y + x) + 3).toString("hex");
    for (const [x, y] of [
      [0, 0],
      [120, 88],
      [252, 252],
    ] as const)
      for (const [dx, dy] of [
        [3, 0],
        [0, 3],
        [3, 3],
      ] as const)
        expect(at(x + dx, y + dy)).toBe(at(x, y));
    const colours = new Set(Array.from({ length: 64 }, (_, i) => at(4 * i, 100)));
    expect(colours.size).toBeGreaterThan(1);
  });

  it("is refused if its name is not a PNG's", async () => {
    const { shell, err } = memoryShell(folder);
    expect(await run(shell, ["degrade", "originals", "--sheet", "s.jpg"])).toBe(2);
    expect(err()).toContain("--sheet s.jpg: a sheet is a PNG; give it a name that ends in .png");
  });

  it("is refused if it would replace a file; without it and --out there is nothing to do", async () => {
    await writeFile(join(folder, "sheet.png"), "mine");
    const { shell, err } = memoryShell(folder);
    expect(await run(shell, ["degrade", "originals", "--sheet", "sheet.png"])).toBe(1);
    expect(err()).toBe("tadsr: output sheet.png exists already; add --force to replace it\n");
    const none = memoryShell(folder);
    expect(await run(none.shell, ["degrade", "originals"])).toBe(2);
    expect(none.err()).toMatch(/^tadsr: give --out for pairs, --sheet for a contact sheet, or both/);
  });

  it("leaves nothing behind if no original can be read", async () => {
    await mkdir(join(folder, "bad"));
    await writeFile(join(folder, "bad", "one.jpg"), "not a picture");
    const { shell, err } = memoryShell(folder);
    expect(await run(shell, ["degrade", "bad", "--sheet", "sheet.png"])).toBe(1);
    expect(err()).toMatch(/none of the 1 pictures can be used; the first, one\.jpg: /);
    expect(await readdir(folder)).not.toContain("sheet.png");
  });
});
