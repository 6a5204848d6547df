import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type DataError,
  degradationPresets,
  keyOfName,
  openPhotographs,
  type Photograph,
  type Photographs,
  type SkippedPicture,
  writeValidationPairs,
} from "../src/index.ts";
import { attempt, firstUsable } from "../src/photographs.ts";

const generated = (width: number, height: number, channels: 1 | 3 | 4 = 3): Sharp =>
  sharp(
    Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 7 + (i >> 5) * 13) % 256),
    { raw: { width, height, channels } },
  );

const right = <A>(result: E.Either<DataError, A>): A => {
  if (result._tag === "Left") throw new Error(result.left.message);
  return result.right;
};

const left = <A>(result: E.Either<DataError, A>): DataError => {
  if (result._tag === "Right") throw new Error("an error was expected");
  return result.left;
};

let root = "";
const at = (...names: string[]): string => join(root, ...names);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tadsr-photographs-"));
  for (const folder of ["mixed", "bad", "empty", "pairs"]) await mkdir(at(folder));
  await generated(50, 40).png().toFile(at("mixed", "c.png"));
  await generated(64, 48).jpeg().toFile(at("mixed", "a.JPEG"));
  await generated(60, 44, 1).png().toFile(at("mixed", "B-gray.png"));
  await generated(9, 90).png().toFile(at("mixed", "narrow.png"));
  const whole = await generated(64, 64).jpeg().toBuffer();
  await writeFile(at("mixed", "cut.jpg"), whole.subarray(0, Math.floor(whole.length / 2)));
  await writeFile(at("mixed", "notes.txt"), "not a picture, not even by name");
  await writeFile(at("bad", "text.jpg"), "a text");
  await writeFile(at("bad", "zero.png"), "");
  await writeFile(at("empty", "notes.txt"), "no pictures here");
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe("photographs of a folder", () => {
  const open = async (shrink: number, minimumSide: number, more = {}): Promise<Photographs> =>
    right(await openPhotographs(at("mixed"), { shrink, minimumSide, ...more })());
  const readAll = async (photographs: Photographs): Promise<readonly Photograph[]> => {
    const all = await Promise.all(photographs.names.map((_, place) => photographs.read(place)));
    return all.filter((one) => one !== null);
  };
  const named = (pictures: readonly Photograph[]) =>
    pictures.map(({ name, width, height }) => [name, width, height]);

  it("give their reason if it was lost a few times, and a general one if it stays lost", async () => {
    const failing = (lost: number) => {
      let calls = 0;
      return async (): Promise<never> => {
        throw new Error(calls++ < lost ? "Unknown error" : "VipsJpeg: premature end");
      };
    };
    for (const lost of [0, 1, 2, 4])
      expect(await attempt(failing(lost))).toEqual(E.left("VipsJpeg: premature end"));
    expect(await attempt(failing(99))).toEqual(E.left("it cannot be decoded; it is damaged, or no picture"));
    let calls = 0;
    const late = async (): Promise<number> => {
      if (calls++ < 1) throw new Error("busy");
      return 7;
    };
    expect(await attempt(late)).toEqual(E.right(7));
  });

  it("are read in the order of their names, bad ones reported once, when they are found", async () => {
    const told: SkippedPicture[] = [];
    const onSkipped = (one: SkippedPicture): void => void told.push(one);
    const photographs = await open(1, 20, { onSkipped });
    expect(photographs.names).toEqual(["B-gray.png", "a.JPEG", "c.png", "cut.jpg", "narrow.png"]);
    expect(told).toEqual([]); // the first header was enough to know that there is a usable photograph
    expect(await photographs.read(4)).toBe(null);
    expect(told.map(({ name }) => name)).toEqual(["narrow.png"]);
    expect(told[0]?.reason).toContain(
      "9 x 90 pixels (after shrinking), the shorter side must be at least 20",
    );
    const pictures = await readAll(photographs);
    await readAll(photographs);
    expect(named(pictures)).toEqual([
      ["B-gray.png", 60, 44],
      ["a.JPEG", 64, 48],
      ["c.png", 50, 40],
    ]);
    for (const { width, height, data } of pictures) expect(data.length).toBe(3 * width * height);
    expect(told.map(({ name }) => name)).toEqual(["narrow.png", "cut.jpg"]);
    expect(told[1]?.reason).toMatch(/premature end|VipsJpeg/i);
    expect(photographs.skipped()).toEqual(told);
    expect(photographs.usable()).toBe(3);
  });

  it("keep their bytes at full size", async () => {
    const picture = await (await open(1, 20)).read(2);
    const { data } = await generated(50, 40).raw().toBuffer({ resolveWithObject: true });
    expect(Buffer.from(picture?.data ?? [])).toEqual(data);
  });

  it("are shrunk, and measured after it", async () => {
    const photographs = await open(0.5, 21);
    expect(named(await readAll(photographs))).toEqual([
      ["B-gray.png", 30, 22],
      ["a.JPEG", 32, 24],
    ]);
    expect(
      photographs
        .skipped()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["c.png", "cut.jpg", "narrow.png"]);
  });

  it("are decoded once if they fit the cache, and again if they do not", async () => {
    const roomy = await open(1, 20);
    expect(await roomy.read(0)).toBe(await roomy.read(0));
    const [one, other] = await Promise.all([roomy.read(1), roomy.read(1)]);
    expect(one).toBe(other); // asked for twice before it was decoded
    const tight = await open(1, 20, { cacheBytes: 3 * 64 * 48 });
    const first = await tight.read(1);
    await tight.read(2); // which replaces the other
    const again = await tight.read(1);
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  it.each([
    ["empty", "NoPictures", /no pictures in this folder/],
    ["bad", "NoPictures", /none of the 2 pictures can be used; the first, text\.jpg: /],
    ["missing", "UnreadableFolder", /cannot list this folder: it does not exist/],
  ] as const)("are an error if there are none: %s", async (folder, _tag, message) => {
    const error = left(await openPhotographs(at(folder), { shrink: 1, minimumSide: 8 })());
    expect(error._tag).toBe(_tag);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(at(folder));
  });

  it("find a usable one among many draws, and give up if there is none", async () => {
    const photographs = await open(1, 20);
    expect((await firstUsable(photographs, [4, 3, 4, 2, 0]))?.name).toBe("c.png");
    const asked: number[] = [];
    const none: Photographs = {
      ...photographs,
      names: ["a", "b"],
      read: async (place) => {
        asked.push(place);
        return null;
      },
    };
    expect(await firstUsable(none, [1, 1, 1, 0, 1])).toBe(null);
    expect(asked).toEqual([1, 0]);
  });
});

describe("validation pairs", () => {
  it("are written under the originals' names, bad originals listed", async () => {
    const report = right(
      await writeValidationPairs(at("mixed"), at("out"), {
        degradation: degradationPresets.bicubic,
        seed: 0,
      })(),
    );
    expect(report.pairs.map(({ name }) => name)).toEqual(["B-gray.png", "a.png", "c.png", "narrow.png"]);
    expect(report.skipped.map(({ name }) => name)).toEqual(["cut.jpg"]);
    expect((await readdir(at("out", "lr"))).sort()).toEqual((await readdir(at("out", "hr"))).sort());
    const [hr, lr] = await Promise.all(
      [sharp(at("out", "hr", "c.png")), sharp(at("out", "lr", "c.png"))].map((one) => one.metadata()),
    );
    expect([hr?.width, hr?.height, lr?.width, lr?.height]).toEqual([48, 40, 12, 10]);
  });

  it("depend on the seed, but not on what else is in the folder", async () => {
    await generated(64, 64).png().toFile(at("pairs", "one.png"));
    const run = async (out: string, seed: number): Promise<Buffer> => {
      right(
        await writeValidationPairs(at("pairs"), at(out), { degradation: degradationPresets.light, seed })(),
      );
      return readFile(at(out, "lr", "one.png"));
    };
    const alone = await run("alone", 1);
    await generated(32, 32).png().toFile(at("pairs", "before.png"));
    expect(await run("together", 1)).toEqual(alone);
    expect(await run("other", 2)).not.toEqual(alone);
  });

  it("have different names for two files that differ only in the extension", async () => {
    await mkdir(at("twins"));
    await generated(16, 16).png().toFile(at("twins", "x.png"));
    await generated(16, 16).jpeg().toFile(at("twins", "x.jpg"));
    const { pairs } = right(
      await writeValidationPairs(at("twins"), at("twins-out"), {
        degradation: degradationPresets.bicubic,
        seed: 0,
      })(),
    );
    expect(pairs.map(({ name }) => name)).toEqual(["x.jpg.png", "x.png.png"]);
  });

  it("are an error if they cannot be written or nothing can be read", async () => {
    await writeFile(at("a-file"), "");
    const unwritable = await writeValidationPairs(at("mixed"), at("a-file"), {
      degradation: degradationPresets.bicubic,
      seed: 0,
    })();
    expect(left(unwritable)).toMatchObject({ _tag: "UnwritablePicture" });
    const unreadable = await writeValidationPairs(at("bad"), at("out"), {
      degradation: degradationPresets.bicubic,
      seed: 0,
    })();
    expect(left(unreadable)).toMatchObject({ _tag: "NoPictures" });
  });

  it("never replace the originals, also through a link", async () => {
    await mkdir(at("own"));
    await mkdir(at("own", "hr"));
    await generated(16, 16)
      .png()
      .toFile(at("own", "hr", "x.png"));
    await symlink(at("own"), at("linked"));
    const before = await readFile(at("own", "hr", "x.png"));
    const options = { degradation: degradationPresets.bicubic, seed: 0 };
    for (const out of ["own", "linked"])
      expect(left(await writeValidationPairs(at("own", "hr"), at(out), options)())).toMatchObject({
        _tag: "WouldReplaceOriginals",
        folder: at(out, "hr"),
      });
    expect(await readdir(at("own"))).toEqual(["hr"]);
    expect(await readFile(at("own", "hr", "x.png"))).toEqual(before);
  });

  it("number pictures by their names without the extension", () => {
    // FNV-1a's published value for "foobar".
    expect(keyOfName("foobar.png")).toBe(0xbf9cf968);
    expect(keyOfName("foobar.jpeg")).toBe(0xbf9cf968);
  });
});
