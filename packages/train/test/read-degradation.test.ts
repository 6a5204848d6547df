import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Degradation,
  degradationOf,
  degradationPresets,
  readDegradation,
  TEACHER_DEFAULTS,
  trainTeacher,
} from "../src/index.ts";

type Json = { [key: string]: unknown };

const presets = Object.entries(degradationPresets) as readonly (readonly [string, Degradation])[];

const refused = (value: unknown): string => {
  const decoded = degradationOf(value);
  if (decoded._tag === "Right") throw new Error(`accepted: ${JSON.stringify(value)}`);
  const { path, expected, found } = decoded.left;
  return `${path}: ${expected}; ${found}`;
};

const accepted = (value: unknown): Degradation => {
  const decoded = degradationOf(value);
  if (decoded._tag === "Left") throw new Error(JSON.stringify(decoded.left));
  return decoded.right;
};

const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** The paths of all values that are no objects: numbers, intervals, booleans, texts. */
const leaves = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
    : [path];

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce((inner: unknown, key) => (inner as Json)[key], value);

const replaced = (value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown =>
  key === undefined ? by : { ...(value as Json), [key]: replaced((value as Json)[key], rest, by) };

describe("a degradation in JSON", () => {
  it.each(presets)("comes back as it was: %s", (_name, preset) => {
    expect(accepted(json(preset))).toEqual(preset);
  });

  it.each(presets)("is refused with its path for each field that is wrong: %s", (_name, preset) => {
    for (const path of leaves(preset)) {
      const value = valueAt(preset, path);
      const wrong: readonly unknown[] =
        typeof value === "number"
          ? [-1, 1e9, "0.5", null, undefined, [value]]
          : Array.isArray(value)
            ? [0.5, [0.5], [1, 2, 3], ["1", 2], [-1, 1], [0.2, 1e9], [1, 0.5], null, undefined]
            : ["other", 1, null, undefined];
      for (const bad of wrong) {
        const fault = refused(replaced(json(preset), path, bad));
        expect(fault.slice(0, fault.indexOf(":")), `${path.join(".")} = ${JSON.stringify(bad)}`).toBe(
          path.join("."),
        );
      }
    }
  });

  it.each(presets)("is refused with a field too many, wherever it is: %s", (_name, preset) => {
    const objects = new Set(leaves(preset).map((path) => path.slice(0, -1).join(".")));
    for (const at of objects) {
      const path = [...(at === "" ? [] : at.split(".")), "sigmas"];
      expect(refused(replaced(json(preset), path, 1))).toMatch(new RegExp(`^${path.join("\\.")}: only `));
    }
  });

  it("is refused if intervals, weights and kinds do not fit together", () => {
    const { realesrgan, face, bicubic } = degradationPresets;
    const over = (path: string, by: unknown): string =>
      refused(replaced(json(realesrgan), path.split("."), by));
    expect(over("first.blur.side", [7, 20])).toBe(
      "first.blur.side: [lowest, highest], two odd numbers from 1 to 99; [7,20]",
    );
    expect(over("end.jpeg.quality", [30, 95.5])).toMatch(
      /^end\.jpeg\.quality: .*whole numbers from 1 to 100/,
    );
    expect(over("first.resize.factor", [0.2, 0.8])).toMatch(/^first\.resize\.factor: .*since up is above 0/);
    expect(over("first.resize.factor", [1.2, 1.8])).toMatch(
      /^first\.resize\.factor: .*since down is above 0/,
    );
    expect(over("end.filters", { area: 0, bilinear: 0, bicubic: 0 })).toMatch(/^end\.filters: one of area, /);
    expect(
      over("second.blur.kernels", {
        ...realesrgan.second.blur.kernels,
        ...Object.fromEntries(Object.keys(realesrgan.second.blur.kernels).map((name) => [name, 0])),
      }),
    ).toMatch(/^second\.blur\.kernels: one of isotropic, /);
    expect(over("kind", "mixture")).toMatch(/^kind: "full", "light", "bicubic" or "mix"; "mixture"/);
    for (const nothing of [null, 3, "realesrgan", []]) expect(refused(nothing)).toMatch(/^: an object; /);
    const mix = (...of: readonly unknown[]): Json => ({ kind: "mix", of });
    expect(refused(mix())).toMatch(/^of: a list of 1 to 100/);
    expect(refused(mix({ weight: 0, degradation: bicubic }))).toMatch(/^of: a weight above 0/);
    expect(refused(mix({ weight: 1, degradation: bicubic }, { weight: 1, degradation: face }))).toBe(
      "of[1].degradation.scale: 4, as in the first; 1",
    );
    expect(refused(mix({ weight: 1, degradation: mix({ weight: 1, degradation: bicubic }) }))).toMatch(
      /^of\[0\]\.degradation\.kind: /,
    );
    expect(refused(mix({ weight: 1, degradation: { preset: "none" } }))).toMatch(
      /^of\[0\]\.degradation\.preset: one of realesrgan, /,
    );
  });

  it("may start from a preset and change some of its fields", () => {
    const { realesrgan, light } = degradationPresets;
    expect(accepted({ preset: "realesrgan" })).toEqual(realesrgan);
    const changed = accepted({ preset: "realesrgan", second: { probability: 1, blur: { sigma: [0.5, 1] } } });
    expect(changed).toEqual({
      ...realesrgan,
      second: {
        ...realesrgan.second,
        probability: 1,
        blur: { ...realesrgan.second.blur, sigma: [0.5, 1] },
      },
    });
    expect(
      accepted({
        kind: "mix",
        of: [
          { weight: 2, degradation: { preset: "realesrgan", grey: 0.1 } },
          { weight: 1, degradation: { preset: "light" } },
        ],
      }),
    ).toEqual({
      kind: "mix",
      of: [
        { weight: 2, degradation: { ...realesrgan, grey: 0.1 } },
        { weight: 1, degradation: light },
      ],
    });
    expect(refused({ preset: "realesrgan", second: { probabilty: 1 } })).toMatch(
      /^second\.probabilty: only /,
    );
    expect(refused({ preset: "realesrgan", first: { blur: 3 } })).toMatch(/^first\.blur: an object; 3/);
    expect(refused({ preset: "toString" })).toMatch(
      /^preset: one of realesrgan, imagenet-test, face, light, bicubic/,
    );
  });
});

describe("the package's README", () => {
  const text = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");

  it("shows a file that is accepted", () => {
    const files = [...text.matchAll(/^```json\n(.*?)^```$/gms)].map(([, content]) => content as string);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(accepted(JSON.parse(file)).kind).toBe("mix");
  });

  it("has a row for each preset", () => {
    const rows = [...text.matchAll(/^\| `([\w-]+)` \| /gm)].map(([, name]) => name);
    expect(rows).toEqual(presets.map(([name]) => name));
  });
});

describe("readDegradation", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tadsr-degradation-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (name: string) => readDegradation(name, (file) => join(folder, file))();

  it.each(presets)("knows the preset %s", async (name, preset) => {
    expect(await read(name)).toEqual({ _tag: "Right", right: preset });
  });

  it("reads a file", async () => {
    writeFileSync(join(folder, "mine.json"), '{"preset": "light", "onlyBicubic": 0.5}');
    expect(await read("mine.json")).toEqual({
      _tag: "Right",
      right: { ...degradationPresets.light, onlyBicubic: 0.5 },
    });
  });

  it("says in one line what is wrong", async () => {
    writeFileSync(join(folder, "bad.json"), '{"preset": "light", "onlyBicubic": 1.5}');
    writeFileSync(join(folder, "text.json"), "{preset");
    const message = async (name: string): Promise<string> => {
      const result = await read(name);
      return result._tag === "Left" ? result.left.message : "read";
    };
    expect(await message("bad.json")).toBe("bad.json: onlyBicubic must be a number from 0 to 1; found 1.5");
    expect(await message("text.json")).toMatch(/^text\.json: it is no JSON: /);
    expect(await message("none.json")).toBe("none.json: cannot be read: it does not exist");
    expect(await message("real-esrgan")).toBe(
      "no degradation real-esrgan; there are realesrgan, imagenet-test, face, light, bicubic, or give the path of a JSON file",
    );
    for (const name of ["bad.json", "text.json", "none.json", "toString"])
      expect(await message(name)).not.toContain("\n");
  });
});

describe("training", () => {
  it("refuses a degradation that is wrong or of another factor, before any work", async () => {
    const engine = {} as Parameters<typeof trainTeacher>[0];
    const options = { ...TEACHER_DEFAULTS, data: "nowhere", output: "nowhere" };
    expect(TEACHER_DEFAULTS.degradation).toEqual(degradationPresets.realesrgan);
    const refusal = async (degradation: unknown): Promise<string> => {
      const result = await trainTeacher(engine, { ...options, degradation: degradation as Degradation })();
      return result._tag === "Left" ? result.left.message : "trained";
    };
    expect(await refusal(degradationPresets.face)).toBe(
      "degradation.scale is 1; allowed: 4, the factor that is trained",
    );
    expect(await refusal({ ...degradationPresets.light, onlyBicubic: 2 })).toBe(
      "degradation.onlyBicubic is 2; allowed: a number from 0 to 1",
    );
  });
});
