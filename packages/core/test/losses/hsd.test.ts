import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  closedFormScoreDifference,
  closedFormWeight,
  etaAt,
  forwardProcess,
  noiseFromPrediction,
  perturbPair,
  predictClean,
  scoreDifference,
  scoreDifferenceOfEnds,
  scoreDifferenceOfStates,
  scoreWeight,
  superResolutionSchedule,
} from "../../src/index.ts";
import { affinePredictors, nonlinearPredictors, scheduleOf } from "../arbitraries.ts";
import { arrays, distance, type Numbers } from "../arrays.ts";
import { either, equal, perturbed, type Situation, situations } from "./situations.ts";

describe("Eq 7 to Eq 8, line by line", () => {
  test("Eq 7 is omega times the difference of the two noises that the teacher sees", () => {
    fc.assert(
      fc.property(either, (s) => {
        const { schedule, t, z_y, epsilon, omega, z_0_student, z_0_teacher } = s;
        const score = (z_0: Numbers): Numbers => {
          const z_t = forwardProcess(arrays, schedule)(z_0, z_y, epsilon, t);
          const F = predictClean(arrays, schedule)(s.predictor(arrays), z_t, t);
          return noiseFromPrediction(arrays, schedule)(z_t, F, z_y, t);
        };
        const expected = arrays.scale(arrays.subtract(score(z_0_student), score(z_0_teacher)), omega);
        expect(scoreDifference(arrays, schedule)(perturbed(s), omega)).toEqual(expected);
      }),
    );
  });

  test("Eq 15 equals Eq 7, for affine and nonlinear predictors: z_y cancels", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed(s);
        equal(
          scoreDifferenceOfStates(arrays, s.schedule)(pair, s.omega),
          scoreDifference(arrays, s.schedule)(pair, s.omega),
        );
      }),
    );
  });

  test("Eq 16's step: with the same noise, z_t_student - z_t_teacher = (1 - eta_t) (z_0_student - z_0_teacher)", () => {
    fc.assert(
      fc.property(either, (s) => {
        const { z_t_student, z_t_teacher } = perturbed(s);
        const ends = arrays.subtract(s.z_0_student, s.z_0_teacher);
        equal(arrays.subtract(z_t_student, z_t_teacher), arrays.scale(ends, 1 - etaAt(s.schedule, s.t)));
      }),
    );
  });

  test("Eq 16 equals Eq 15, for affine and nonlinear predictors", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed(s);
        equal(
          scoreDifferenceOfEnds(arrays, s.schedule)(pair, s.omega),
          scoreDifferenceOfStates(arrays, s.schedule)(pair, s.omega),
        );
      }),
    );
  });

  test("Eq 8 equals Eq 16's first line, for affine and nonlinear predictors", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed(s);
        equal(
          closedFormScoreDifference(arrays, s.schedule)(pair, s.omega),
          scoreDifferenceOfEnds(arrays, s.schedule)(pair, s.omega),
        );
      }),
    );
  });

  test("Eq 8 equals Eq 7 for an affine predictor", () => {
    fc.assert(
      fc.property(situations(affinePredictors), (s) => {
        const pair = perturbed(s);
        equal(
          closedFormScoreDifference(arrays, s.schedule)(pair, s.omega),
          scoreDifference(arrays, s.schedule)(pair, s.omega),
        );
      }),
    );
  });

  test("Eq 8 equals Eq 7 for a nonlinear predictor, and if its input is scaled twice", () => {
    fc.assert(
      fc.property(situations(nonlinearPredictors), fc.constantFrom("once", "twice"), (s, scaling) => {
        const pair = perturbed(s, scaling);
        equal(
          closedFormScoreDifference(arrays, s.schedule)(pair, s.omega),
          scoreDifference(arrays, s.schedule)(pair, s.omega),
        );
      }),
    );
  });

  test("Eq 8 equals Eq 7 with a time for each sample of the batch", () => {
    const schedule = scheduleOf(superResolutionSchedule);
    const predictor = (input: Numbers): Numbers => input.map(Math.tanh);
    const pair = perturbPair(arrays, schedule)(predictor, [1, 2], [0.5, -1], [0, 1], [0.3, -0.7], [1, 3]);
    const closed = closedFormScoreDifference(arrays, schedule)(pair, 1);
    equal(closed, scoreDifference(arrays, schedule)(pair, 1));
    equal(closed, scoreDifferenceOfStates(arrays, schedule)(pair, 1));
    equal(closed, scoreDifferenceOfEnds(arrays, schedule)(pair, 1));
  });

  test("Eq 8 is 0 if the student ends as the teacher does: it has no bias", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed({ ...s, z_0_student: s.z_0_teacher });
        const zeros = arrays.scale(s.z_0_teacher, 0);
        expect(distance(closedFormScoreDifference(arrays, s.schedule)(pair, s.omega), zeros)).toBe(0);
        expect(distance(scoreDifference(arrays, s.schedule)(pair, s.omega), zeros)).toBe(0);
      }),
    );
  });
});

describe("omega and omega_2", () => {
  /** How far the closed form is from Eq 7 when omega_2 has the denominator given. */
  const mismatch = (s: Situation, denominator: (kappa: number, eta: number) => number): number => {
    const { kappa } = s.schedule;
    const eta = etaAt(s.schedule, s.t);
    const pair = perturbed(s);
    const bracket = arrays.scale(
      closedFormScoreDifference(arrays, s.schedule)(pair, 1),
      1 / closedFormWeight(s.schedule)(1, s.t),
    );
    const variant = arrays.scale(bracket, (s.omega * (1 - eta)) / denominator(kappa, eta));
    const exact = scoreDifference(arrays, s.schedule)(pair, s.omega);
    const size = Math.max(...exact.map(Math.abs));
    // The variants differ only if the loss is not 0.
    fc.pre(size > 1e-3);
    return Math.max(...exact.map((x, i) => Math.abs(x - (variant[i] ?? Number.NaN)))) / size;
  };

  const awayFromOne = either.filter(({ schedule }) => Math.abs(schedule.kappa - 1) > 0.05);

  test("Eq 8's omega_2 with the denominator kappa sqrt(eta) makes it equal Eq 7", () => {
    fc.assert(
      fc.property(either, (s) => {
        // 1e-11 relative to a result of at least 1e-3.
        expect(mismatch(s, (kappa, eta) => kappa * Math.sqrt(eta))).toBeLessThan(1e-8);
        expect(closedFormWeight(s.schedule)(s.omega, s.t)).toBeCloseTo(
          (s.omega * (1 - etaAt(s.schedule, s.t))) / (s.schedule.kappa * Math.sqrt(etaAt(s.schedule, s.t))),
          12,
        );
      }),
    );
  });

  test("Eq 8's omega_2 as printed below it, with sqrt(eta kappa), does not, unless kappa = 1", () => {
    fc.assert(
      fc.property(awayFromOne, (s) => {
        expect(mismatch(s, (kappa, eta) => Math.sqrt(eta * kappa))).toBeGreaterThan(0.02);
      }),
    );
  });

  test("Eq 16's omega_2 as printed below it, with sqrt(eta) alone, does not, unless kappa = 1", () => {
    fc.assert(
      fc.property(awayFromOne, (s) => {
        expect(mismatch(s, (_kappa, eta) => Math.sqrt(eta))).toBeGreaterThan(0.04);
      }),
    );
  });

  test("at kappa = 1 the three printed denominators are equal", () => {
    fc.assert(
      fc.property(either, (s) => {
        const schedule = scheduleOf({ ...s.schedule.config, kappa: 1 });
        const atOne = { ...s, schedule };
        expect(mismatch(atOne, (kappa, eta) => Math.sqrt(eta * kappa))).toBeLessThan(1e-8);
        expect(mismatch(atOne, (_kappa, eta) => Math.sqrt(eta))).toBeLessThan(1e-8);
      }),
    );
  });

  test("Eq 7's omega is 1 / (C S)", () => {
    expect(scoreWeight(3, 64 * 64)).toBe(1 / 12288);
  });
});
