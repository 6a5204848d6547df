/**
 * The schedule and the losses on plain arrays of numbers, without any tensor library.
 *
 * `Pointwise<T>` is what the equations need from a tensor. Thirteen one-line functions provide it for number[].
 */
import {
  deterministicSampler,
  distillationLoss,
  forwardProcess,
  highFrequencyScoreDistillation,
  makeSchedule,
  normal,
  type Pointwise,
  runSampler,
  startOfSampling,
  studentObjective,
  superResolutionSchedule,
  superResolutionWeights,
} from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";

type Numbers = readonly number[];

const zip = (formula: (a: number, b: number) => number) => (a: Numbers, b: Numbers) =>
  a.map((a_i, i) => formula(a_i, b[i] ?? Number.NaN));

/** A batch of one sample. A list of factors has one entry, since it has one for each sample. */
const arrays: Pointwise<Numbers> = {
  add: zip((a, b) => a + b),
  subtract: zip((a, b) => a - b),
  multiply: zip((a, b) => a * b),
  divide: zip((a, b) => a / b),
  scale: (a, factor) => a.map((x) => x * (typeof factor === "number" ? factor : (factor[0] ?? Number.NaN))),
  offset: (a, constant) => a.map((x) => x + constant),
  square: (a) => a.map((x) => x * x),
  sqrt: (a) => a.map(Math.sqrt),
  abs: (a) => a.map(Math.abs),
  relu: (a) => a.map((x) => Math.max(0, x)),
  softplus: (a) => a.map((x) => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)))),
  mean: (a) => [a.reduce((sum, x) => sum + x, 0) / a.length],
  stopGradient: (a) => a,
};

/** A "teacher" that has learned one thing: the clean latent is 0.8 times its input. */
const teacher = (input: Numbers): Numbers => arrays.scale(input, 0.8);

export const main = () => {
  const made = makeSchedule(superResolutionSchedule);
  if (E.isLeft(made)) throw new Error(made.left.message);
  const schedule = made.right;

  const z_y = [0.5, -0.25, 0.125, 0];
  const noise = (stream: number): Numbers => [...normal({ seed: 1, stream }, 0, z_y.length)];
  const z_T = startOfSampling(arrays, schedule)(z_y, noise(0));

  // Eq 3, fifteen times, gives the teacher's answer. The student here is one prediction of the teacher.
  const z_0_teacher = runSampler(deterministicSampler(arrays, schedule)(teacher, z_T, z_y));
  const z_0_student = teacher(z_T);

  const distillation = distillationLoss(arrays)(z_0_student, z_0_teacher);
  const distil = highFrequencyScoreDistillation(arrays, schedule);
  const hsd = distil(teacher, z_0_student, z_0_teacher, z_y, noise(1), 2);
  const objective = studentObjective(
    arrays,
    superResolutionWeights,
  )({
    distillation,
    scoreDistillation: hsd.loss,
  });

  return {
    etas: schedule.eta,
    z_3: forwardProcess(arrays, schedule)(z_0_teacher, z_y, noise(2), 3),
    z_0_teacher,
    z_0_student,
    distillation: distillation[0],
    gradient: hsd.gradient,
    loss: objective.loss[0],
  };
};

if (import.meta.filename === process.argv[1]) console.log(main());
