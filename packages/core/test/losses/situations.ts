import * as fc from "fast-check";
import { expect } from "vitest";
import { type InputScaling, type PerturbedPair, perturbPair, type Schedule } from "../../src/index.ts";
import {
  type AnyPredictor,
  affinePredictors,
  between,
  nonlinearPredictors,
  numbers,
  schedulesWithTime,
} from "../arbitraries.ts";
import { arrays, distance, type Numbers } from "../arrays.ts";

/** The inputs that the tests give to the score distillations. */
export interface Situation {
  readonly schedule: Schedule;
  readonly t: number;
  readonly predictor: AnyPredictor;
  readonly z_0_student: Numbers;
  readonly z_0_teacher: Numbers;
  readonly z_y: Numbers;
  readonly epsilon: Numbers;
  readonly omega: number;
}

export const situations = (predictors: fc.Arbitrary<AnyPredictor>): fc.Arbitrary<Situation> =>
  fc
    .record({
      at: schedulesWithTime(1),
      predictor: predictors,
      z_0_student: numbers(4),
      z_0_teacher: numbers(4),
      z_y: numbers(4),
      epsilon: numbers(4),
      omega: between(0.01, 1),
    })
    .map(({ at: [schedule, t], ...rest }) => ({ schedule, t, ...rest }));

export const either = situations(fc.oneof(affinePredictors, nonlinearPredictors));

export const perturbed = (s: Situation, scaling: InputScaling = "once"): PerturbedPair<Numbers> =>
  perturbPair(arrays, s.schedule, scaling)(
    s.predictor(arrays),
    s.z_0_student,
    s.z_0_teacher,
    s.z_y,
    s.epsilon,
    s.t,
  );

/**
 * Equal up to rounding. The scores subtract states of size about 10 and divide by kappa sqrt(eta_t), which is at least
 * 0.0016: the error is about 1e-12 for a result of size 1.
 */
export const equal = (a: Numbers, b: Numbers): void => {
  expect(distance(a, b)).toBeLessThan(1e-11);
};
