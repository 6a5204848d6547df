/** `tadsr evaluate`, with tiny networks on small pictures. */

import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "@tadsr/metrics";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../src/program.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";
import { savePictureNetwork, tinyRrdb, tinySrvgg } from "./tiny-picture-networks.ts";

let folder: ReturnType<typeof temporaryFolder>;
const at = (...names: readonly string[]): string => join(folder.path, ...names);

const savePicture = (file: string, width: number, height: number, phase = 0) =>
  sharp(
    Uint8Array.from(
      { length: width * height * 3 },
      (_, i) => 128 + 90 * Math.sin(i / (5 + phase)) + ((i * 7) % 11),
    ),
    { raw: { width, height, channels: 3 } },
  ).toFile(file);

beforeEach(async () => {
  folder = temporaryFolder();
  await mkdir(at("originals"));
  await savePicture(at("originals", "a.png"), 40, 32);
  await savePicture(at("originals", "b.png"), 33, 47, 2);
});
afterEach(() => folder.remove());

const tadsr = async (...words: readonly string[]) => {
  const memory = memoryShell(folder.path);
  const code = await run(memory.shell, words);
  return { code, out: memory.out(), err: memory.err() };
};

const evaluate = (...words: readonly string[]) => tadsr("evaluate", "--originals", "originals", ...words);

/** Without the metric that needs larger pictures. */
const MEASURES = ["--metric", "psnr,ssim"] as const;

/** Models on the plain engine. */
const QUICK = ["--runtime", "cpu", ...MEASURES] as const;

const report = async (...words: readonly string[]): Promise<Report> => {
  const { code, out, err } = await evaluate(...words, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as Report;
};

describe("tadsr evaluate", () => {
  it("prints a table of models on degraded pictures, with mean and standard deviation over seeds", async () => {
    await savePictureNetwork(at("general.pth"), tinySrvgg);
    const { code, out, err } = await evaluate(
      "--model",
      "bicubic",
      "general.pth",
      "--seeds",
      "0-1",
      ...QUICK,
    );
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [heading, header, bicubic, general, ...rest] = out.split("\n");
    expect(heading).toBe("originals: 2 pictures, degraded by realesrgan, seeds 0, 1");
    expect(header).toMatch(/^method +PSNR, dB ↑ +SSIM ↑ +seconds +parameters$/);
    expect(bicubic).toMatch(/^bicubic +\d+\.\d\d ± \d+\.\d\d +0\.\d{4} ± 0\.\d{4} +\d\.\d+ +–$/);
    expect(general).toMatch(/^general +\d+\.\d\d ± \d+\.\d\d .* 4 \d{3}$/);
    expect(rest).toEqual([""]);
  });

  it("measures the same as separate commands: degrade, upscale, and then their folder", async () => {
    await savePictureNetwork(at("net.safetensors"), tinySrvgg);
    const own = await report("net.safetensors", "--degradation", "light", "--seeds", "3", ...QUICK);
    await tadsr("degrade", "originals", "-o", "pairs", "--degradation", "light", "--seed", "3");
    const upscale = ["upscale", "pairs/lr", "-o", "made", "--model", "net.safetensors", "--runtime", "cpu"];
    expect((await tadsr(...upscale)).code).toBe(0);
    const words = ["evaluate", "--originals", "pairs/hr", "made=made", "--metric", "psnr", "ssim", "--json"];
    const other = JSON.parse((await tadsr(...words)).out) as Report;
    expect(other.methods[0]?.summary).toEqual(own.methods[0]?.summary);
    expect(other).toMatchObject({ degradation: null, seeds: [], count: 2 });
    expect(own.methods[0]).toMatchObject({ name: "net", kind: "model", detail: "net, runtime cpu" });
  });

  it("mixes two files of a network, as upscale --mix does", async () => {
    await savePictureNetwork(at("one.pth"), tinySrvgg);
    const weights = await readFile(at("one.pth"));
    await writeFile(at("two.pth"), weights);
    const mixed = await report("m=one.pth+two.pth:0.75", "one.pth", ...QUICK);
    const [m, one] = mixed.methods;
    expect(m).toMatchObject({ name: "m", detail: "0.25 one + 0.75 two, runtime cpu" });
    expect(m?.summary.psnr?.mean).toBeCloseTo(Number(one?.summary.psnr?.mean), 1);
  });

  it("keeps pictures for other programs, in a folder for each seed, and measures the same from there", async () => {
    const own = await report("bicubic", "--seeds", "0,5", "--keep", "kept", ...MEASURES);
    expect(await readdir(at("kept", "bicubic", "seed-5"))).toEqual(["a.png", "b.png"]);
    expect(await readdir(at("kept", "small", "seed-0"))).toEqual(["a.png", "b.png"]);
    const { code, err } = await evaluate("bicubic", "--keep", "kept", ...MEASURES);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^tadsr: kept: it exists already; choose another folder with --keep, or give --force\n$/,
    );
    const again = await evaluate(
      "b=kept/bicubic/seed-{seed}",
      "bicubic",
      "--seeds",
      "0,5",
      "--json",
      ...MEASURES,
    );
    const [b] = (JSON.parse(again.out) as Report).methods;
    expect(b?.summary).toEqual(own.methods[0]?.summary);
  });

  it("writes a report and a page, and replaces neither without --force", async () => {
    const words = ["bicubic", "-o", "report.json", "--html", "page.html", ...MEASURES] as const;
    expect((await evaluate(...words)).code).toBe(0);
    const written = JSON.parse(await readFile(at("report.json"), "utf8")) as Report;
    expect(written).toMatchObject({ format: "tadsr evaluation 1", originals: "originals", count: 2 });
    const page = await readFile(at("page.html"), "utf8");
    expect(page).toContain("bicubic");
    expect(page).not.toMatch(/https?:\/\//);
    expect(await evaluate(...words)).toEqual({
      ...{ code: 1, out: "" },
      err: "tadsr: output report.json exists already; add --force to replace it\n",
    });
    expect((await evaluate(...words, "--force")).code).toBe(0);
    expect((await readdir(folder.path)).sort()).toEqual(["originals", "page.html", "report.json"]);
  });

  it("leaves a picture out for all methods if one lacks it, and lists files that belong to no original", async () => {
    await mkdir(at("made"));
    await savePicture(at("made", "a-4x.png"), 40, 30);
    await savePicture(at("made", "else.png"), 40, 30);
    const { code, out, err } = await evaluate("made=made", "again=made", "--metric", "psnr");
    expect(code).toBe(1);
    expect(err).toBe(
      [
        "tadsr: originals: b left out: made has no picture with this name",
        "tadsr: made: else.png left out: no original has this name",
        "tadsr: again: else.png left out: no original has this name",
        "",
      ].join("\n"),
    );
    expect(out).toMatch(/^originals: 1 picture\n/);
    expect(out).toMatch(/made: one picture differs in size from the original; .* upper left corner\.\n/);
  });

  it("rounds luma, leaves a border out and cuts the middle, if asked", async () => {
    const psnr = async (...words: readonly string[]) => {
      const { methods, metrics } = await report("bicubic", "--metric", "psnr-y", ...words);
      return { value: Number(methods[0]?.summary["psnr-y"]?.mean), about: metrics[0]?.about ?? "" };
    };
    const plain = await psnr();
    const rounded = await psnr("--luma", "rounded");
    expect(rounded.value).not.toBe(plain.value);
    expect(rounded.value).toBeCloseTo(plain.value, 1);
    expect(rounded.about).toContain("rounded as MATLAB's");
    const border = await psnr("--border", "4");
    expect(border.about).toContain("4 pixels are left out at each edge");
    expect(border.value).not.toBe(plain.value);
    expect((await psnr("--crop", "24")).value).not.toBe(plain.value);
  });

  it("takes a name as it is if a folder has it, whatever signs it contains", async () => {
    for (const name of ["r@4", "lr=0.1", "a+b:0.5"]) {
      await mkdir(at(name));
      for (const picture of ["a.png", "b.png"])
        await writeFile(at(name, picture), await readFile(at("originals", picture)));
    }
    const found = await report("r@4", "m=lr=0.1", "a+b:0.5", "--metric", "psnr");
    expect(found.methods.map(({ name, kind, summary }) => [name, kind, summary.psnr?.mean])).toEqual([
      ["r@4", "folder", "Infinity"],
      ["m", "folder", "Infinity"],
      ["a+b:0.5", "folder", "Infinity"],
    ]);
  });

  it("writes files that are not pictures beside the originals", async () => {
    const { code, err } = await evaluate(
      "bicubic",
      "-o",
      "originals/r.json",
      "--html",
      "originals/p.html",
      ...MEASURES,
    );
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });

  it("measures regular files only", async () => {
    await mkdir(at("originals", "folder.png"));
    if (process.platform !== "win32") execFileSync("mkfifo", [at("originals", "pipe.png")]);
    expect(await report("same=originals", "--metric", "psnr")).toMatchObject({ count: 2, leftOut: [] });
  });

  it("shows no NaN and no failure for pictures that are the same", async () => {
    const { out } = await evaluate("same=originals", "--metric", "psnr,ssim");
    expect(out).toMatch(/\nsame +∞ +1\.0000\n/);
    const [same] = (await report("same=originals", "--metric", "psnr")).methods;
    expect(same?.summary.psnr).toEqual({ mean: "Infinity", deviation: null });
  });

  it("reports a damaged picture, and goes on without it", async () => {
    await writeFile(at("originals", "c.jpg"), "not a picture");
    const { code, err, out } = await evaluate("bicubic", ...MEASURES);
    expect(code).toBe(1);
    expect(err).toMatch(/^tadsr: originals: c left out: it cannot be read: .+\n$/);
    expect(out).toMatch(/^originals: 2 pictures/);
  });

  it.each<[string, readonly string[], RegExp, number]>([
    ["nothing to measure", [], /^nothing to measure: give name=folder, or --model/, 2],
    ["an unknown metric", ["bicubic", "--metric", "psnrr"], /^--metric psnrr: .* did you mean psnr\?/, 2],
    [
      "a metric without its network",
      ["bicubic", "--metric", "perceptual"],
      /give their file with --features/,
      2,
    ],
    [
      "a network without its metric",
      ["bicubic", "--metric", "psnr", "--features", "x"],
      /--features has no/,
      2,
    ],
    ["linear weights alone", ["bicubic", "--features-linear", "x"], /no meaning without --features/, 2],
    ["a file of features that is not there", ["bicubic", "--features", "x.pth"], /x\.pth/, 1],
    ["two methods with one name", ["bicubic", "--model", "bicubic"], /another method is called bicubic/, 2],
    [
      "steps of a network that has none",
      ["x2.pth@2", "--metric", "psnr"],
      /x2\.pth always takes one step/,
      2,
    ],
    ["steps of no model", ["bicubic@2"], /@2 is for a model's steps/, 2],
    ["the name of the originals' row", ["originals=bicubic"], /give this method another name/, 2],
    [
      "a model that does not exist",
      ["nothing-x4"],
      /nothing-x4: there is no folder of pictures, model or file nothing-x4/,
      1,
    ],
    ["a model whose name is mistyped", ["smal-x4"], /did you mean small-x4\?/, 1],
    ["a name without a folder", ["mine="], /give a method as name=folder/, 2],
    ["a share over 1", ["m=a.pth+b.pth:1.5"], /a share of 1\.5, allowed: from 0 to 1/, 2],
    ["no originals", ["bicubic", "--originals", "empty"], /empty: no pictures in this folder/, 1],
    ["a missing folder", ["bicubic", "--originals", "missing"], /missing: cannot list/, 1],
    ["an empty folder", ["mine=empty"], /empty: no pictures in this folder/, 1],
    [
      "a degradation if nothing is degraded",
      ["o=originals", "--degradation", "light"],
      /--degradation has no/,
      2,
    ],
    ["seeds if nothing is drawn", ["o=originals", "--seeds", "1"], /--seeds has no meaning/, 2],
    ["keeping pictures if none are made", ["o=originals", "--keep", "k"], /--keep has no meaning/, 2],
    ["an option that no model uses", ["bicubic", "--steps", "2"], /--steps has no meaning here/, 2],
    ["invalid seeds", ["bicubic", "--seeds", "4-1"], /whole numbers and ranges, such as 0-4/, 2],
    [
      "a tile that nothing is cut into",
      ["bicubic", "--tile", "8"],
      /--tile has no meaning without a model/,
      2,
    ],
    ["a runtime that nothing runs on", ["bicubic", "--runtime", "cpu"], /--runtime has no meaning/, 2],
    ["pictures of no page", ["bicubic", "--show", "2"], /--show has no meaning without --html/, 2],
    [
      "a border that no metric leaves out",
      ["bicubic", "--metric", "niqe", "--border", "4"],
      /--border has no/,
      2,
    ],
    ["luma that no metric reads", ["bicubic", "--metric", "psnr", "--luma", "rounded"], /--luma has no/, 2],
    ["no metric at all", ["bicubic", "--metric", ","], /--metric names no metric/, 2],
    ["the stream as the report's file", ["bicubic", "-o", "-"], /--json prints the report/, 2],
    [
      "a report over an original",
      ["bicubic", "-o", "originals/a.png", "--force"],
      /one of the pictures of originals/,
      1,
    ],
    [
      "a page over one",
      ["bicubic", "--html", "linked/b.png", "--force"],
      /one of the pictures of originals/,
      1,
    ],
    [
      "to keep over the originals",
      ["originals2=bicubic", "--originals", "k/small", "--keep", "k", "--force"],
      /k: pictures would be written into k\/small/,
      1,
    ],
    [
      "to keep over a folder that is measured",
      ["m=k/x", "x=bicubic", "--keep", "k", "--force"],
      /written into k\/x/,
      1,
    ],
    [
      "to keep two methods in one folder",
      ["a:b=bicubic", "a_b=bicubic", "--keep", "kept"],
      /share the folder a_b/,
      2,
    ],
    [
      "to keep a method beside the small pictures",
      ["small=bicubic", "--keep", "kept"],
      /share the folder small/,
      2,
    ],
    ["a name that a terminal obeys", ["x\u001b[31my=bicubic"], /a character that cannot be shown/, 2],
    ["one file for two things", ["bicubic", "-o", "x", "--html", "x"], /name the same file/, 2],
    ["an unknown degradation", ["bicubic", "--degradation", "realesgan"], /realesgan/, 1],
    [
      "another factor",
      ["x2.pth", "--metric", "psnr"],
      /x2: it upscales 2 times, but the degradation shrinks 4/,
      2,
    ],
    [
      "a border as wide as the picture",
      ["bicubic", "--border", "20", ...MEASURES],
      /none of the pictures/,
      1,
    ],
  ])("refuses %s in one line", async (_, words, expected, code) => {
    await mkdir(at("empty"));
    await mkdir(at("k", "x"), { recursive: true });
    await mkdir(at("k", "small"));
    for (const place of [at("k", "x"), at("k", "small")]) await savePicture(join(place, "a.png"), 40, 32);
    await symlink(at("originals"), at("linked"));
    await savePictureNetwork(at("x2.pth"), tinyRrdb);
    const done = await evaluate(...words);
    expect(done.err).toMatch(/^tadsr: [^\n]*\n$/);
    expect(done.err.slice("tadsr: ".length)).toMatch(expected);
    expect({ code: done.code, out: done.out }).toEqual({ code, out: "" });
  });
});
