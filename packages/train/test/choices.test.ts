import {
  FAMILIES,
  STUDENT_DEFAULTS,
  type StudentChoices,
  studentOptions,
  TEACHER_DEFAULTS,
  type TeacherChoices,
  teacherOptions,
} from "@tadsr/train";
import { expect, test } from "vitest";
import { right } from "./either.ts";

const least = { data: "photos", output: "run", workingFolder: "/home/me" } as const;

test("what is not chosen has the defaults, also inside a rate, a validation and the weights", async () => {
  const teacher = right(
    await teacherOptions({
      ...least,
      rate: { warmUp: 7 },
      validation: { data: "v", every: 3 },
      network: "tiny",
      degradation: "bicubic",
    })(),
  );
  expect(teacher).toEqual({
    ...TEACHER_DEFAULTS,
    ...FAMILIES.tiny,
    ...{ data: "/home/me/photos", output: "/home/me/run", degradation: { kind: "bicubic", scale: 4 } },
    rate: { ...TEACHER_DEFAULTS.rate, warmUp: 7 },
    validation: { data: "/home/me/v", every: 3, pictures: 16, crop: 128, samples: 4 },
  });
  const student = right(await studentOptions({ ...least, teacher: "tiny-x4", weights: { grid: 2 } })());
  expect(student.weights).toEqual({ ...STUDENT_DEFAULTS.weights, grid: 2 });
});

test("without a teacher the paper's losses have weight 0; a target's term has weight 1 unless it is chosen", async () => {
  const target = { model: "t.pth", mix: { file: "u.pth", share: 0.25 } };
  const student = async (choices: Partial<StudentChoices>) =>
    right(await studentOptions({ ...least, ...choices })());
  const started = await student({ start: "tiny-x4", target });
  expect(started.weights).toMatchObject({ distillation: 0, score: 0, target: 1 });
  expect(started).toMatchObject({ teacher: null, start: expect.stringContaining("tiny-x4"), steps: 2000 });
  expect(started.target).toEqual({
    model: "/home/me/t.pth",
    mix: { file: "/home/me/u.pth", share: 0.25 },
  });
  const fresh = await student({ target, weights: { target: 3, score: 0.5 } });
  expect(fresh.weights).toMatchObject({ distillation: 0, score: 0.5, target: 3 });
  expect(fresh).toMatchObject({ steps: 20_000, start: null });
});

test.each<[string, Partial<StudentChoices>, object]>([
  ["a teacher that does not exist", { teacher: "gone" }, { _tag: "Model" }],
  ["an unknown degradation", { degradation: "gone" }, { _tag: "Degradation" }],
  ["a network beside a start", { start: "tiny-x4", network: "tiny" }, { option: "network" }],
  ["perceptual weights for nothing", { perceptualWeights: "f" }, { option: "perceptualWeights" }],
  [
    "a discriminator for nothing",
    { discriminator: "plain", weights: { adversarial: 0 } },
    { option: "discriminator" },
  ],
  ["a rate of no discriminator", { discriminatorRate: 0.1 }, { option: "discriminatorRate" }],
  [
    "a reading of no score",
    { teacher: "tiny-x4", reading: "code", weights: { score: 0 } },
    { option: "reading" },
  ],
  ["a degradation of nothing", { degradation: "light", asTheyAre: 1 }, { option: "degradation" }],
])("refuses %s, in one line", async (_, choices, expected) => {
  const refused = await studentOptions({ ...least, ...choices })();
  expect(refused).toMatchObject({
    _tag: "Left",
    left: { message: expect.stringMatching(/^.+$/), ...expected },
  });
});

test("takes each of them if something uses it", async () => {
  const teacher: TeacherChoices = { ...least, perceptual: 1, perceptualWeights: "f", network: "tiny" };
  expect(right(await teacherOptions(teacher)())).toMatchObject({ perceptualWeights: "/home/me/f" });
  const student: StudentChoices = {
    ...least,
    ...{ teacher: "tiny-x4", reading: "code", discriminator: "plain", discriminatorRate: 0.1 },
    ...{
      weights: { score: 0, adversarial: 1 },
      asTheyAre: 1,
      degradation: "light",
      validation: { data: "v" },
    },
  };
  expect(right(await studentOptions(student)())).toMatchObject({ reading: "code", discriminator: "plain" });
});
