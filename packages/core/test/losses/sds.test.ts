import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  closedFormWeight,
  highFrequencyScoreDistillation,
  noiseFromPrediction,
  type PerturbedPair,
  scoreDifference,
  scoreDistillationGradient,
  scoreDistillationSampling,
  superResolutionSchedule,
} from "../../src/index.ts";
import { scheduleOf } from "../arbitraries.ts";
import { arrays, type Numbers } from "../arrays.ts";
import { either, equal, perturbed, type Situation } from "./situations.ts";

describe("Eq 5, score distillation sampling", () => {
  const sds = (s: Situation, pair: PerturbedPair<Numbers>): Numbers =>
    scoreDistillationGradient(arrays, s.schedule)(
      pair.z_t_student,
      pair.F_student,
      s.z_y,
      s.epsilon,
      s.t,
      s.omega,
    );

  test("Eq 5 is Eq 7 with the teacher's score replaced by the noise", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed(s);
        const teacherScore = noiseFromPrediction(arrays, s.schedule)(
          pair.z_t_teacher,
          pair.F_teacher,
          s.z_y,
          s.t,
        );
        // Eq 7 + omega (teacher's score - epsilon) puts the noise in the score's place.
        const replaced = arrays.add(
          scoreDifference(arrays, s.schedule)(pair, s.omega),
          arrays.scale(arrays.subtract(teacherScore, s.epsilon), s.omega),
        );
        equal(sds(s, pair), replaced);
      }),
    );
  });

  test("Eq 5 is Eq 7 if the teacher denoises its own end perfectly", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed(s);
        equal(
          sds(s, pair),
          scoreDifference(arrays, s.schedule)({ ...pair, F_teacher: s.z_0_teacher }, s.omega),
        );
      }),
    );
  });

  test("Eq 5 in closed form is omega_2 (z_0_student - F_student)", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed(s);
        const weight = closedFormWeight(s.schedule)(s.omega, s.t);
        equal(sds(s, pair), arrays.scale(arrays.subtract(s.z_0_student, pair.F_student), weight));
      }),
    );
  });

  test("Eq 5 is biased: it is not 0 if the student ends as the teacher does", () => {
    const schedule = scheduleOf(superResolutionSchedule);
    const half = (input: Numbers): Numbers => arrays.scale(input, 0.5);
    const end = [1, -1];
    const { gradient } = scoreDistillationSampling(arrays, schedule)(half, end, [0, 0], [0, 0], 2);
    const hsd = highFrequencyScoreDistillation(arrays, schedule)(half, end, end, [0, 0], [0, 0], 2);
    expect(Math.abs(gradient[0] ?? 0)).toBeGreaterThan(1);
    expect(hsd.gradient).toEqual([0, 0]);
  });
});
