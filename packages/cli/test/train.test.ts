import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  PRETRAINING_DEFAULTS,
  SMALL_SCHEDULE,
  STUDENT_DEFAULTS,
  studentOptions,
  TEACHER_DEFAULTS,
  teacherOptions,
  VALIDATION_DEFAULTS,
  type ValidationMeasures,
} from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../src/program.ts";
import { presets } from "../src/schedule/run.ts";
import { studentChoices, teacherChoices } from "../src/train/choices.ts";
import type { TrainCommandOptions, TrainStudentCommandOptions } from "../src/train/options.ts";
import { duration, progressText } from "../src/train/progress.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const at = (name: string): string => join(folder.path, name);

const tadsr = async (...words: readonly string[]) => {
  const memory = memoryShell(folder.path);
  const code = await run(memory.shell, words);
  return { code, out: memory.out(), err: memory.err(), undoing: memory.undoing };
};

beforeAll(async () => {
  mkdirSync(at("photos"));
  const noise = Uint8Array.from({ length: 96 * 96 * 3 }, (_, i) => (i * 31 + (i >> 6) * 17) % 256);
  await sharp(noise, { raw: { width: 96, height: 96, channels: 3 } })
    .png()
    .toFile(at("photos/a.png"));
});

const QUICK = ["--data", "photos", "--batch", "1", "--crop", "32", "--runtime", "wasm"];

const logged = (name: string): readonly number[] =>
  readFileSync(at(name), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly step: number }).step);

describe("tadsr train", () => {
  it("trains a teacher, resumes it, distils a student, and both upscale", async () => {
    const first = await tadsr("train", "teacher", ...QUICK, "--network", "tiny", "-o", "t", "--steps", "2");
    expect(first).toMatchObject({
      code: 0,
      out: "t/model: 2 steps on 1 photograph, runtime wasm\n",
      err: "",
    });
    expect(first.undoing.size).toBe(0);
    expect(logged("t/log.jsonl")).toEqual([1, 2]);
    const student = await tadsr(
      ...["train", "student", ...QUICK, "-o", "s", "--steps", "1", "--teacher", "t/model"],
    );
    expect(student).toMatchObject({ code: 0, out: "s/model: 1 step on 1 photograph, runtime wasm\n" });
    for (const [model, steps] of [
      ["t/model", "4 steps"],
      ["s/model", "1 step"],
    ] as const) {
      const upscaled = await tadsr("upscale", "photos/a.png", "--model", model, "--tile", "48", "--force");
      expect(upscaled.code).toBe(0);
      expect(upscaled.out).toContain(steps);
    }
  });

  it("reports a damaged picture when it is found, and measures by the validation pictures", async () => {
    mkdirSync(at("mixed/inner"), { recursive: true });
    for (const name of ["mixed/a.png", "mixed/inner/b.png"]) copyFileSync(at("photos/a.png"), at(name));
    writeFileSync(at("mixed/inner/cut.png"), readFileSync(at("photos/a.png")).subarray(0, 900));
    const trained = await tadsr(
      ...["train", "teacher", ...QUICK, "--network", "tiny", "--data", "mixed", "-o", "v", "--steps", "3"],
      ...["--batch", "3", "--validation", "photos", "--validation-every", "2", "--validation-crop", "32"],
    );
    expect(trained).toMatchObject({
      code: 0,
      out: "v/model: 3 steps on 2 photographs (1 left out), runtime wasm\n",
    });
    const lines = trained.err.trimEnd().split("\n");
    const told = lines.filter((line) => line.includes("skipped"));
    expect(told).toEqual([expect.stringMatching(/^tadsr: inner\/cut\.png skipped: ./)]);
    expect(lines.filter((line) => !told.includes(line))).toEqual([
      expect.stringMatching(
        /^tadsr: step 2 of 3, loss \S+, at step 2 [\d.]+ of bicubic's error, [+-][\d.]+ dB, /,
      ),
      expect.stringMatching(/^tadsr: step 3 of 3, .* pictures\/s, 0 s left$/),
    ]);
    expect(logged("v/validation.jsonl")).toEqual([0, 2, 3]);
    expect(readdirSync(at("v/samples")).sort()).toEqual(["step-0.png", "step-2.png", "step-3.png"]);
  });

  it.each(["teacher", "student"] as const)("shows every default in the help of train %s", async (which) => {
    const { code, out } = await tadsr("train", which, "--help");
    expect(code).toBe(0);
    const described = new Map(
      out
        .replaceAll(/\s+/g, " ")
        .split(/ (?=--[a-z-]+ <)/)
        .slice(1)
        .map((text) => [text.slice(0, text.indexOf(" ")), text]),
    );
    const defaults = which === "teacher" ? TEACHER_DEFAULTS : STUDENT_DEFAULTS;
    const valuesOf = ({ rate, steps, batch, crop, clip }: typeof defaults) => ({
      ...{ steps, batch, crop, rate: rate.peak, "warm-up": rate.warmUp, decay: rate.decay, clip },
    });
    const usual: Record<string, string | number> = {
      ...valuesOf(defaults),
      ...{ shrink: defaults.shrink, seed: defaults.seed, "average-decay": defaults.averageDecay },
      ...{ "weight-decay": defaults.weightDecay, "checkpoint-minutes": defaults.checkpointMinutes },
      ...{ hold: "none", "checkpoint-every": "none", validation: "none", network: "small" },
      "validation-every": VALIDATION_DEFAULTS.every,
    };
    const others: typeof usual = which === "teacher" ? {} : valuesOf(PRETRAINING_DEFAULTS);
    for (const [option, value] of Object.entries(usual)) {
      const other = others[option] ?? value;
      const words = other === value ? "" : `; ${other} without teacher and start`;
      expect(described.get(`--${option}`)).toContain(`(default: ${value}${words})`);
    }
    // An option with a value and without a default must be given.
    const bare = [...described].filter(([, text]) => !/default: /.test(text)).map(([option]) => option);
    expect(bare).toEqual(["--data", "--out"]);
  });

  it("says that there is nothing to resume, and begins at the start", async () => {
    const words = ["train", "teacher", ...QUICK, "--network", "tiny", "-o", "n", "--steps", "1", "--resume"];
    const first = await tadsr(...words);
    expect(first).toMatchObject({
      code: 0,
      err: "tadsr: n: no checkpoint to resume from; the training begins at its start\n",
    });
    expect(await tadsr(...words)).toMatchObject({ code: 0, err: "" });
  });

  it("does not overwrite an existing training", async () => {
    const again = await tadsr("train", "teacher", ...QUICK, "-o", "t", "--steps", "2");
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(again.err).toMatch(/^tadsr: .*holds a training: continue it with --resume[^\n]*\n$/);
  });

  it.each([
    ["no data", ["train", "teacher", "-o", "x"], 2, "required option '--data <folder>' not specified"],
    [
      "nothing to learn from",
      ["train", "student", ...QUICK, "-o", "x"],
      2,
      "give a teacher, or a target model",
    ],
    [
      "a second target without the first",
      ["train", "student", ...QUICK, "-o", "x", "--target-mix", "b.pth:0.5"],
      2,
      "--target-mix is mixed into --target-model; add that too",
    ],
    [
      "an invalid share of a target",
      ["train", "student", ...QUICK, "-o", "x", "--target-model", "a.pth", "--target-mix", "b.pth"],
      2,
      "as FILE:0.75",
    ],
    [
      "a network beside a teacher",
      ["train", "student", ...QUICK, "-o", "x", "--teacher", "small-x4-teacher", "--network", "tiny"],
      2,
      "--network is for a training from nothing",
    ],
    [
      "a degradation for pictures that are taken as they are",
      [
        ...["train", "student", ...QUICK, "-o", "x", "--target-model", "a.pth", "--as-they-are", "1"],
        ...["--degradation", "light"],
      ],
      2,
      "--degradation is for photographs that are degraded",
    ],
    [
      "a target that does not exist",
      ["train", "student", ...QUICK, "-o", "x", "--target-model", "gone.pth"],
      1,
      "gone.pth",
    ],
    [
      "photographs as they are, without a target",
      ["train", "teacher", ...QUICK, "-o", "x", "--as-they-are", "0.5"],
      2,
      "asTheyAre is above 0: it needs a target",
    ],
    ["no steps", ["train", "teacher", ...QUICK, "-o", "x", "--steps", "0"], 2, "argument '0' is invalid"],
    [
      "a crop that does not fit",
      ["train", "teacher", ...QUICK, "--crop", "30", "-o", "x"],
      2,
      "crop is 30; allowed",
    ],
    ["a missing folder", ["train", "teacher", ...QUICK, "--data", "none", "-o", "x"], 1, "none"],
    ["a missing teacher", ["train", "student", ...QUICK, "-o", "x", "--teacher", "gone"], 1, "gone: neither"],
    [
      "a runtime too slow to train on",
      ["train", "teacher", "--runtime", "reference"],
      2,
      "Allowed choices are",
    ],
    [
      "an unknown discriminator",
      ["train", "student", ...QUICK, "-o", "x", "--teacher", "gone", "--discriminator", "wise"],
      2,
      "'wise' is invalid. Allowed choices are time-aware, plain",
    ],
    [
      "an adversarial weight that is not a number",
      ["train", "student", ...QUICK, "-o", "x", "--teacher", "gone", "--adversarial", "much"],
      2,
      "argument 'much' is invalid",
    ],
    [
      "a crop too small for a discriminator",
      [
        ...["train", "student", ...QUICK, "-o", "x", "--teacher", "small-x4-teacher"],
        ...["--adversarial", "0.02"],
      ],
      2,
      "crop is 32; allowed with a discriminator: at least 48 pixels",
    ],
    ...(
      [
        [["--discriminator", "plain"], "--discriminator is for --adversarial"],
        [["--discriminator-rate", "0.1", "--adversarial", "0"], "--discriminator-rate is for --adversarial"],
        [["--perceptual-weights", "f"], "--perceptual-weights is for --perceptual"],
        [["--validation-every", "5"], "--validation-every is for --validation <folder>"],
        [["--validation-crop", "64"], "--validation-crop is for --validation <folder>"],
        [["--reading", "code", "--score", "0"], "--reading is for Eq 8 and 9"],
      ] as const
    ).map(
      ([words, message]) =>
        [
          `${words[0]} that nothing would use`,
          ["train", "student", ...QUICK, "-o", "x", "--teacher", "gone", ...words],
          2,
          message,
        ] as [string, string[], number, string],
    ),
    [
      "--perceptual-weights of a teacher that nothing would use",
      ["train", "teacher", ...QUICK, "-o", "x", "--perceptual-weights", "f", "--perceptual", "0"],
      2,
      "--perceptual-weights is for --perceptual",
    ],
    [
      "a parameter to hold that does not exist",
      ["train", "teacher", ...QUICK, "-o", "x", "--hold", "gone"],
      2,
      "hold is",
    ],
    ["nothing to train", ["train"], 2, ""],
  ])("refuses %s, with one line unless it prints the help", async (name, words, code, message) => {
    const result = await tadsr(...words);
    expect(result.code).toBe(code);
    expect(result.out).toBe("");
    expect(result.err).toContain(message);
    if (name !== "nothing to train") expect(result.err).toMatch(/^tadsr: [^\n]*\n$/);
  });
});

describe("the options of a training", () => {
  const { shell } = memoryShell("/home/me");
  const least = { data: "photos", out: "run", runtime: "auto" } as const;
  const teacherOf = (typed: TrainCommandOptions) => teacherOptions(teacherChoices(shell, typed))();
  const studentOf = (typed: TrainStudentCommandOptions) => studentOptions(studentChoices(shell, typed))();
  const shipped = expect.stringMatching(/models\/small-x4-teacher$/);

  it("are the package's own if nothing is typed; paths are the user's", async () => {
    const paths = { data: "/home/me/photos", output: "/home/me/run" };
    expect(await teacherOf(least)).toEqual(E.right({ ...TEACHER_DEFAULTS, ...paths }));
    expect(await studentOf({ ...least, teacher: "small-x4-teacher" })).toEqual(
      E.right({ ...STUDENT_DEFAULTS, ...paths, teacher: shipped }),
    );
    expect(await studentOf({ ...least, targetModel: "a.pth" })).toEqual(
      E.right({
        ...PRETRAINING_DEFAULTS,
        ...paths,
        teacher: null,
        target: { model: "/home/me/a.pth", mix: null },
        weights: { ...PRETRAINING_DEFAULTS.weights, target: 1 },
      }),
    );
  });

  it("are all as typed", async () => {
    const common = {
      ...{ steps: 11, batch: 12, crop: 48, shrink: 0.5, seed: 13, averageDecay: 0.5, weightDecay: 0.25 },
      ...{ clip: 0.25, hold: ["output"], checkpointEvery: 14, checkpointMinutes: 1.5, resume: true },
    };
    const typed = {
      ...least,
      ...common,
      ...{ pictureCache: 3, validation: "v", validationEvery: 16, validationPictures: 17 },
      ...{ validationCrop: 64, validationSamples: 18 },
      ...({ rate: 0.125, warmUp: 15, decay: "constant", perceptual: 0.75, perceptualWeights: "p" } as const),
    };
    const expected = {
      ...common,
      ...{ data: "/home/me/photos", output: "/home/me/run", perceptualWeights: "/home/me/p" },
      cacheBytes: 3 * 2 ** 20,
      validation: { data: "/home/me/v", every: 16, pictures: 17, crop: 64, samples: 18 },
      rate: { peak: 0.125, warmUp: 15, decay: "constant" },
    };
    expect(await teacherOf(typed)).toMatchObject({ right: { ...expected, perceptual: 0.75 } });
    const weights = { distillation: 2, score: 3, adversarial: 5, fidelity: 4 };
    const discriminator = { discriminator: "plain", discriminatorRate: 0.375 } as const;
    const models = { teacher: "small-x4-teacher", start: "small-x4-teacher" };
    expect(await studentOf({ ...typed, ...weights, ...discriminator, ...models })).toMatchObject({
      right: {
        ...expected,
        ...discriminator,
        ...{ teacher: shipped, start: shipped },
        weights: { ...weights, perceptual: 0.75 },
      },
    });
  });
});

describe("the schedule of the small models", () => {
  it("is a preset of tadsr schedule", () => expect(presets["small-x4"]).toEqual(SMALL_SCHEDULE));
});

describe("progress", () => {
  const progress = {
    ...{ step: 3, steps: 10, loss: 0.123456, parts: {}, rate: 1, gradientNorm: 2 },
    ...{ secondsLeft: 75, picturesPerSecond: 12.34, validation: null },
  };
  const measures: ValidationMeasures = {
    ...{ step: 2, error: 0.01, psnr: 24, errorToBicubic: 0.93456, psnrOverBicubic: 0.417, target: null },
  };

  it("says how far, how good, how fast and how long", () => {
    expect(progressText(progress)).toBe("step 3 of 10, loss 0.1235, 12.3 pictures/s, 1 min 15 s left");
  });

  it("says what the last validation found", () => {
    expect(progressText({ ...progress, validation: measures })).toBe(
      "step 3 of 10, loss 0.1235, at step 2 0.935 of bicubic's error, +0.42 dB, 12.3 pictures/s, 1 min 15 s left",
    );
    const target = { distance: 0.1, distanceToBicubic: 0.31, errorToTarget: 1.02 };
    expect(progressText({ ...progress, validation: { ...measures, psnrOverBicubic: -1, target } })).toContain(
      "0.935 of bicubic's error, -1.00 dB, 0.310 of its distance from the target, ",
    );
  });

  it.each([
    [0.4, "0 s"],
    [59.6, "1 min 0 s"],
    [3600, "1 h 0 min"],
    [7385, "2 h 3 min"],
    [Number.NaN, "unknown"],
  ])("%d seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));
});
