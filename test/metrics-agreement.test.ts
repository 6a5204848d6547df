/** PSNR and SSIM against scikit-image, NIQE against basicsr's own source, Fréchet distances against scipy. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { normal } from "@tadsr/core";
import { frechetDistance, niqe, psnr, psnrY, ssim, ssimRgb } from "@tadsr/metrics";
import type { Picture } from "@tadsr/model";
import { afterAll, describe, expect } from "vitest";
import { noisy, right, scene, snow } from "../packages/metrics/test/pictures.ts";
import { damagedPhotographs } from "./damaged-photographs.ts";
import { basicsr, inPythonWith, python, withBasicsr } from "./python/check.ts";

const folder = mkdtempSync(join(tmpdir(), "tadsr-metrics-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const modules = ["numpy", "scipy", "skimage"];

interface Pair {
  readonly picture: Picture;
  readonly original: Picture;
  readonly border: number;
}

const WAVES = scene(4 * 96, 200, 5);

/** Its right half has one value: some blocks have no NIQE features. */
const halfFlat: Picture = {
  ...WAVES,
  data: WAVES.data.map((value, i) => (Math.floor(i / 3) % WAVES.width < 2 * 96 ? value : 90)),
};

const pairs: Readonly<Record<string, Pair>> = {
  "waves, noisy": { picture: noisy(scene(200, 100, 1), 12, 2), original: scene(200, 100, 1), border: 7 },
  "other waves": { picture: scene(131, 243, 3), original: scene(131, 243, 4), border: 0 },
  "snow and waves": { picture: snow(193, 97, 3), original: scene(193, 97, 4), border: 1 },
  "half flat": { picture: halfFlat, original: WAVES, border: 2 },
  ...Object.fromEntries(
    Object.entries(await damagedPhotographs()).map(([name, pair], border) => [
      `the photograph, ${name}`,
      { ...pair, border },
    ]),
  ),
};

/** Python's measures of each case, under the names that measure.py gives. */
const measured = (
  cases: readonly object[],
  source: string | null,
): readonly Readonly<Record<string, number>>[] => {
  const file = join(folder, "cases.json");
  writeFileSync(file, JSON.stringify(cases));
  return JSON.parse(python("measure.py", file, ...(source === null ? [] : [source])));
};

let files = 0;
const stored = ({ data }: Picture): string => {
  const file = join(folder, `${files++}.rgb`);
  writeFileSync(file, data);
  return file;
};

const caseOf = ({ picture, original, border }: Pair): object => ({
  pictures: [stored(picture), stored(original)],
  size: [picture.width, picture.height],
  border,
});

const relative = (found: number, expected: number | undefined): number =>
  Math.abs(found / (expected ?? Number.NaN) - 1);

describe("measures of pictures", () => {
  inPythonWith(
    "numpy",
    "scipy",
    "skimage",
  )("PSNR and SSIM are scikit-image's", async () => {
    const theirs = measured(Object.values(pairs).map(caseOf), null);
    for (const [i, [name, { picture, original, border }]] of Object.entries(pairs).entries()) {
      const ours = {
        psnr: psnr(picture, original, { border }),
        "psnr-y": psnrY(picture, original, { border }),
        "psnr-y rounded": psnrY(picture, original, { border, rounded: true }),
        ssim: ssim(picture, original, { border }),
        "ssim rounded": ssim(picture, original, { border, rounded: true }),
        "ssim-rgb": ssimRgb(picture, original, { border }),
      };
      expect(Object.keys(theirs[i] ?? {})).toEqual(Object.keys(ours));
      for (const [measure, value] of Object.entries(ours))
        expect(relative(right(value), theirs[i]?.[measure]), `${measure} of ${name}`).toBeLessThan(
          // numpy rounds a half to the even number, or to the side to which its rounding errors fall.
          measure.endsWith("rounded") ? 1e-5 : 1e-9,
        );
    }
  });

  withBasicsr(...modules)("NIQE is basicsr's", async () => {
    const theirs = measured(Object.values(pairs).map(caseOf), basicsr);
    for (const [i, [name, { picture }]] of Object.entries(pairs).entries()) {
      const single = right(niqe(picture, { precision: "single" }));
      // Luma halfway between two whole numbers goes to the side to which numpy's rounding errors fall.
      expect(relative(right(niqe(picture)), theirs[i]?.niqe), name).toBeLessThan(1e-4);
      expect(relative(single, theirs[i]?.["niqe-single"]), name).toBeLessThan(1e-9);
      // Sums in another order change last bits. Then a shape may come from the next row of the table, 0.001 away.
      expect(relative(single, theirs[i]?.["niqe-single in another order"]), name).toBeLessThan(1e-3);
    }
  });
});

/** Vectors that depend on each other, as features do. */
const features = (count: number, length: number, stream: number): readonly (readonly number[])[] => {
  const values = normal({ seed: 7, stream }, 0, count * length + 1);
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length }, (_, i) => {
      const at = row * length + i;
      return Math.max(0, (values[at] as number) + 0.5 * (values[at + 1] as number) + stream / 8);
    }),
  );
};

inPythonWith(
  "numpy",
  "scipy",
  "skimage",
)("Fréchet distances are scipy's", async () => {
  const sets = [
    [features(50, 8, 1), features(60, 8, 2)],
    [features(400, 64, 3), features(300, 64, 4)],
    // Fewer vectors than features: scipy's root of a product without full rank has errors near 1e-8.
    [features(20, 40, 5), features(30, 40, 6)],
  ] as const;
  const theirs = measured(
    sets.map((pair) => ({ features: pair })),
    null,
  );
  for (const [i, [a, b]] of sets.entries())
    expect(relative(right(frechetDistance(a, b)), theirs[i]?.["frechet distance"]), `${i}`).toBeLessThan(
      1e-6,
    );
});
