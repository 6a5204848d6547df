import { readFile, writeFile } from "node:fs/promises";
import { writeSafetensors } from "@tadsr/files";
import { bicubicResize, initialWeights, pictureNetwork } from "@tadsr/model";
import * as fc from "fast-check";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import {
  closeness,
  degradationPresets,
  type FloatPicture,
  type SkippedPicture,
  STACK_SCHEDULE,
  TEACHER_DEFAULTS,
  trainStudent,
  trainTeacher,
  type ValidationMeasures,
} from "../src/index.ts";
import { batchOf, type HeldBackOptions, openHeldBack, picturesOf } from "../src/validating/held-back.ts";
import { measured } from "../src/validating/measures.ts";
import { byNearest, sheet } from "../src/validating/sheet.ts";
import { message, right } from "./either.ts";
import { at, engine, killAfterStep, losses, teacher, weightsFile } from "./runs.ts";
import { tinyPlan, tinyStudent, tinyTeacher, writePhotographs } from "./tiny.ts";

beforeAll(async () => {
  await writePhotographs(at("aside"), [11, 12, 13]);
  await writeFile(at("aside", "photograph-12-cut.png"), "damaged");
  await sharp(await readFile(at("aside", "photograph-13.png")))
    .resize(96, 24)
    .toFile(at("aside", "low.png"));
});

const validations = async (name: string): Promise<readonly ValidationMeasures[]> =>
  (await readFile(at(name, "validation.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("validation while training", () => {
  it("measures at the beginning, every few steps and at the end, and changes no number of the training", async () => {
    await teacher("plain", { steps: 5 });
    const seen: (number | undefined)[] = [];
    await teacher(
      "watched",
      { steps: 5, validation: tinyPlan(at("aside")) },
      { onProgress: ({ validation }) => seen.push(validation?.step) },
    );
    expect(await losses("watched")).toEqual(await losses("plain"));
    expect((await weightsFile("watched")).equals(await weightsFile("plain"))).toBe(true);
    expect(seen).toEqual([0, 2, 2, 4, 5]);
    const lines = await validations("watched");
    expect(lines.map(({ step }) => step)).toEqual([0, 2, 4, 5]);
    // Before the first step the network's picture is that of bicubic interpolation.
    expect(lines[0]?.errorToBicubic).toBeCloseTo(1, 4);
    expect(lines[0]?.psnrOverBicubic).toBeCloseTo(0, 3);
    expect(lines[3]?.errorToBicubic).not.toBe(lines[2]?.errorToBicubic);
    for (const { target } of lines) expect(target).toBe(null);
  });

  it("draws small picture, bicubic, now and original beside each other", async () => {
    const { data, info } = await sharp(at("watched", "samples", "step-0.png"))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([4 * 32 + 3 * 4, 32]);
    const column = (n: number): readonly number[] =>
      Array.from({ length: 32 * 32 * 3 }, (_, i) => {
        const [y, x, colour] = [Math.floor(i / 96), Math.floor(i / 3) % 32, i % 3];
        return data[3 * (info.width * y + 36 * n + x) + colour] as number;
      });
    const difference = (a: readonly number[], b: readonly number[]): number =>
      Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));
    expect(difference(column(1), column(2))).toBeLessThanOrEqual(1);
    expect(difference(column(1), column(3))).toBeGreaterThan(8);
    const [first] = right(await openHeldBack(options())());
    expect(
      difference(
        column(3),
        [...(first?.original.data ?? [])].map((v) => 255 * v),
      ),
    ).toBeLessThan(1);
    expect(
      difference(
        column(0),
        [...byNearest(first?.small as FloatPicture, 4).data].map((v) => 255 * v),
      ),
    ).toBeLessThan(1);
  });

  it("goes on after a kill as if it had not been killed", async () => {
    await killAfterStep("watched-killed", 5, "--validation", at("aside"));
    await teacher("watched-killed", { validation: tinyPlan(at("aside")), resume: true });
    await teacher("watched-whole", { validation: tinyPlan(at("aside")) });
    const text = (name: string) => readFile(at(name, "validation.jsonl"), "utf8");
    expect(await text("watched-killed")).toBe(await text("watched-whole"));
    expect((await weightsFile("watched-killed")).equals(await weightsFile("watched-whole"))).toBe(true);
  });

  it("may be changed on resuming, and keeps no tensor", async () => {
    const before = engine.liveTensors();
    await teacher("watched-whole", {
      steps: 7,
      rate: { peak: 2e-3, warmUp: 2, decay: "cosine" },
      validation: { ...tinyPlan(at("aside")), every: 7, pictures: 1 },
      resume: true,
    });
    expect((await validations("watched-whole")).map(({ step }) => step)).toEqual([0, 2, 4, 6, 7]);
    expect(engine.liveTensors()).toBe(before);
  });

  it("measures the distance from the target's pictures", async () => {
    const config = { kind: "srvgg", channels: 4, convolutions: 1, factor: 4 } as const;
    const random = initialWeights(pictureNetwork(config).parameters, { seed: 1 });
    const bias = random["body.4.bias"];
    if (bias === undefined) throw new Error("the last layer has another name");
    // A brighter picture, which is learned quickly.
    const weights = { ...random, "body.4.bias": { ...bias, data: bias.data.map(() => 0.2) } };
    right(await writeSafetensors(at("target.safetensors"), weights, { dtype: "F32", metadata: {} })());
    const options = tinyStudent(at("photographs"), at("towards-target"), "");
    const none = { distillation: 0, score: 0, adversarial: 0, perceptual: 0, fidelity: 0, grid: 0 };
    const stack = {
      kind: "stack",
      latentChannels: 48,
      channels: 6,
      blocks: 1,
      timeFeatures: 4,
      timeChannels: 6,
    } as const;
    right(
      await trainStudent(engine, {
        ...options,
        teacher: null,
        network: stack,
        schedule: STACK_SCHEDULE,
        target: { model: at("target.safetensors"), mix: null },
        weights: { ...none, target: 1 },
        steps: 30,
        rate: { peak: 1e-2, warmUp: 0, decay: "constant" },
        validation: { ...tinyPlan(at("aside")), every: 30 },
      })(),
    );
    const [first, last] = await validations("towards-target");
    expect(first?.target?.distanceToBicubic).toBeCloseTo(1, 4);
    expect(last?.target?.distanceToBicubic).toBeLessThan(0.9);
    expect(last?.target?.distance).toBeLessThan(first?.target?.distance ?? 0);
    const { width } = await sharp(at("towards-target", "samples", "step-30.png")).metadata();
    expect(width).toBe(5 * 32 + 4 * 4);
  });

  it.each([
    ["a crop that does not fit", { crop: 30 }, /validation\.crop is 30; allowed: a multiple of 8 pixels/],
    ["a crop larger than every picture", { crop: 96 }, /aside: none of the 5 pictures can be used/],
    ["no picture", { pictures: 0 }, /validation\.pictures is 0; allowed: a whole number from 1/],
    ["a folder that is not there", { data: "/nowhere/at/all" }, /nowhere/],
  ])("refuses %s", async (_, changes, expected) => {
    const options = {
      ...tinyTeacher(at("photographs"), at("refused")),
      validation: { ...tinyPlan(at("aside")), ...changes },
    };
    expect(message(await trainTeacher(engine, options)())).toMatch(expected);
  });
});

const options = (changes: Partial<HeldBackOptions> = {}): HeldBackOptions => ({
  ...{ data: at("aside"), pictures: 3, crop: 32, shrink: 1, degradation: TEACHER_DEFAULTS.degradation },
  ...changes,
});

describe("the photographs for validation", () => {
  it("are spread over the folder, with unusable ones reported and replaced by their neighbours", async () => {
    const told: SkippedPicture[] = [];
    const made = right(await openHeldBack(options({ onSkipped: (one) => told.push(one) }))());
    expect(made.map(({ name }) => name)).toEqual([
      "photograph-11.png",
      "photograph-12.png",
      "photograph-13.png",
    ]);
    expect(told.map(({ name }) => name).sort()).toEqual(["low.png", "photograph-12-cut.png"]);
    expect(right(await openHeldBack(options({ pictures: 9 }))()).length).toBe(3);
    expect(right(await openHeldBack(options({ pictures: 1 }))()).map(({ name }) => name)).toEqual([
      "photograph-11.png",
    ]);
  });

  it("are the same every time, and differ with another degradation", async () => {
    const once = right(await openHeldBack(options())());
    expect(right(await openHeldBack(options())())).toEqual(once);
    const other = right(await openHeldBack(options({ degradation: degradationPresets.bicubic }))());
    expect(other.map(({ original }) => original)).toEqual(once.map(({ original }) => original));
    expect(other[0]?.small).not.toEqual(once[0]?.small);
    for (const { small, bicubic, original } of once) {
      expect([small.width, bicubic.width, original.width]).toEqual([8, 32, 32]);
      expect(bicubic.data).toEqual(bicubicResize({ ...small, channels: 3 }, 32, 32).data);
    }
  });

  it("become a batch and pictures again", async () => {
    const made = right(await openHeldBack(options())());
    const { lr, hr, step } = batchOf(made);
    expect([hr, step, lr.length]).toEqual([null, 0, 3 * 8 * 8 * 3]);
    picturesOf(lr, 8).forEach((picture, n) => {
      picture.data.forEach((value, i) => {
        expect(value).toBeCloseTo(made[n]?.small.data[i] as number, 6);
      });
    });
  });
});

const flat = (value: number, side = 4): FloatPicture => ({
  width: side,
  height: side,
  data: new Float32Array(side * side * 3).fill(value),
});

describe("how far pictures are from others", () => {
  const unit = fc.float({ min: 0, max: 1, noNaN: true });

  it("is their difference if that is the same everywhere", () => {
    fc.assert(
      fc.property(unit, unit, (a, b) => {
        const { error, psnr } = closeness([flat(a)], [flat(b)]);
        expect(error).toBeCloseTo(Math.abs(a - b), 6);
        expect(psnr).toBeCloseTo(Math.min(100, -20 * Math.log10(Math.abs(a - b))), 3);
      }),
    );
  });

  it("clamps as a file does, and averages the pictures' PSNR", () => {
    expect(closeness([flat(1.7)], [flat(1)])).toEqual({ error: 0, psnr: 100 });
    expect(closeness([flat(-3)], [flat(0.1)]).psnr).toBeCloseTo(20, 5);
    const two = closeness([flat(0.1), flat(0.01)], [flat(0), flat(0)]);
    expect(two.psnr).toBeCloseTo(30, 5);
    expect(two.error).toBeCloseTo(0.055, 6);
  });

  it("is given as a share of bicubic's and of the target's", () => {
    const [original, bicubic, now, target] = [[flat(0.5)], [flat(0.7)], [flat(0.55)], [flat(0.6)]];
    const measures = measured(7, { original, bicubic, now, target });
    expect(measures.step).toBe(7);
    expect(measures.errorToBicubic).toBeCloseTo(0.25, 5);
    expect(measures.psnrOverBicubic).toBeCloseTo(20 * Math.log10(4), 4);
    expect(measures.target?.errorToTarget).toBeCloseTo(0.5, 5);
    expect(measures.target?.distance).toBeCloseTo(0.05, 5);
    expect(measures.target?.distanceToBicubic).toBeCloseTo(0.5, 5);
  });
});

describe("a sheet of pictures", () => {
  it("has each picture in its place, and white between them", () => {
    const made = sheet([
      [flat(0, 2), flat(0.25, 2)],
      [flat(0.5, 2), flat(0.75, 2)],
    ]);
    expect([made.width, made.height]).toEqual([8, 8]);
    const at = (x: number, y: number) => made.data[3 * (8 * y + x)];
    expect([at(0, 0), at(6, 1), at(1, 7), at(7, 6)]).toEqual([0, 0.25, 0.5, 0.75]);
    expect([at(2, 0), at(5, 1), at(0, 2), at(7, 5)]).toEqual([1, 1, 1, 1]);
  });

  it("shows a small picture's pixels as squares", () => {
    const small = { width: 2, height: 1, data: Float32Array.of(0, 0, 0, 1, 0.5, 0) };
    const large = byNearest(small, 3);
    expect([large.width, large.height]).toEqual([6, 3]);
    expect([...large.data.subarray(3 * 8, 3 * 10)]).toEqual([0, 0, 0, 1, 0.5, 0]);
  });
});
