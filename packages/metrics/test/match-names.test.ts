import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchNames, stemOf } from "../src/index.ts";

describe("matchNames", () => {
  it("gives a file to the longest name that its own begins with", () => {
    const { files, missing, strays, others } = matchNames(
      ["cat", "cat-2", "dog"],
      ["cat-2-4x.png", "cat_4x.png", "bird.png"],
    );
    expect([...files]).toEqual([
      ["cat", "cat_4x.png"],
      ["cat-2", "cat-2-4x.png"],
    ]);
    expect(missing).toEqual(["dog"]);
    expect(strays).toEqual(["bird.png"]);
    expect(others).toEqual([]);
  });

  it("takes the nearest of several files, and lists the others", () => {
    const { files, others } = matchNames(["cat.jpg"], ["cat-b.png", "cat-a.png", "cat.webp"]);
    expect(files.get("cat.jpg")).toBe("cat.webp");
    expect(others).toEqual(["cat-a.png", "cat-b.png"]);
    expect(matchNames(["cat"], ["cat-b.png", "cat-a.png"]).files.get("cat")).toBe("cat-a.png");
  });

  it("does not mistake the first digits of a number for the number", () => {
    const { files, missing, strays } = matchNames(["img_1", "img_2"], ["img_10.png", "img_2x4.png"]);
    expect([...files]).toEqual([["img_2", "img_2x4.png"]]);
    expect([missing, strays]).toEqual([["img_1"], ["img_10.png"]]);
  });

  const name = fc.stringMatching(/^[a-c]{1,3}(\.[xy]{1,2})?$/);
  it("uses each file once, and accounts for all names", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.uniqueArray(name), (originals, files) => {
        const found = matchNames(originals, files);
        const used = [...found.files.values()];
        expect(new Set(used).size).toBe(used.length);
        expect([...used, ...found.strays, ...found.others].sort()).toEqual([...files].sort());
        expect([...found.files.keys(), ...found.missing].sort()).toEqual([...originals].sort());
        for (const [original, file] of found.files)
          expect(stemOf(file).startsWith(stemOf(original))).toBe(true);
      }),
    );
  });
});
