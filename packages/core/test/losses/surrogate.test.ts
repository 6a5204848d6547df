import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  closedFormScoreDifference,
  etaAt,
  highFrequencyScoreDistillation,
  type InputScaling,
  type PerSample,
  perturbPair,
  predictClean,
  scoreDifference,
  scoreDistillationSampling,
  scoreSurrogate,
  scoreWeight,
  superResolutionSchedule,
} from "../../src/index.ts";
import { numbers, scheduleOf } from "../arbitraries.ts";
import { arrays, distance, type Numbers } from "../arrays.ts";
import { constant, type Dual, duals, varying } from "../dual.ts";
import { either, equal, perturbed } from "./situations.ts";

describe("the surrogate that is differentiated", () => {
  const N = 4;

  test("the surrogate's gradient for z_0_student, with a fixed gradient, is gradient / N, by central differences", () => {
    fc.assert(
      fc.property(numbers(N), numbers(N), (gradient, z_0_student) => {
        const surrogate = scoreSurrogate(arrays);
        // The surrogate is linear in z_0_student: a step of 1 is as exact as a small one.
        const slopes = z_0_student.map((_, i) => {
          const step = z_0_student.map((_, n) => (n === i ? 1 : 0));
          const up = surrogate(gradient, arrays.add(z_0_student, step));
          const down = surrogate(gradient, arrays.subtract(z_0_student, step));
          return ((up[0] ?? Number.NaN) - (down[0] ?? Number.NaN)) / 2;
        });
        expect(distance(slopes, arrays.scale(gradient, 1 / N))).toBeLessThan(1e-14);
      }),
    );
  });

  test("the surrogate's gradient with omega = 1 is omega = 1 / (C S) of Eq 7, averaged over the batch", () => {
    fc.assert(
      fc.property(either, (s) => {
        // Two samples of one channel and two pixels: n = 2, C S = 2, N = n C S.
        const pair = perturbed(s);
        const whole = scoreDifference(arrays, s.schedule)(pair, 1);
        const perSample = scoreDifference(arrays, s.schedule)(pair, scoreWeight(1, 2));
        equal(arrays.scale(whole, 1 / N), arrays.scale(perSample, 1 / 2));
      }),
    );
  });

  test("the surrogate passes nothing to what the gradient was made from", () => {
    fc.assert(
      fc.property(numbers(N), numbers(N), numbers(N), (gradient, z_0_student, direction) => {
        const surrogate = scoreSurrogate(duals);
        expect(surrogate(varying(gradient, direction), constant(z_0_student)).tangent).toEqual([0]);
      }),
    );
  });

  test("no gradient enters the teacher: its inputs and its predictions are constants", () => {
    fc.assert(
      fc.property(either, numbers(N), (s, direction) => {
        const student = varying(s.z_0_student, direction);
        const [z_y, epsilon] = [constant(s.z_y), constant(s.epsilon)];
        const shown: Numbers[] = [];
        const spy = (input: Dual, index: PerSample): Dual => {
          shown.push(input.tangent);
          return s.predictor(duals)(input, index);
        };
        perturbPair(duals, s.schedule)(spy, student, constant(s.z_0_teacher), z_y, epsilon, s.t);
        scoreDistillationSampling(duals, s.schedule)(spy, student, z_y, epsilon, s.t);
        expect(shown).toHaveLength(3);
        for (const tangent of shown) expect(distance(tangent, [0, 0, 0, 0])).toBe(0);
      }),
    );
  });

  test("Eq 8's loss passes gradient / N to the student's end and leaves out the teacher's Jacobian", () => {
    fc.assert(
      fc.property(either, numbers(N), (s, direction) => {
        const { loss, gradient } = highFrequencyScoreDistillation(duals, s.schedule)(
          s.predictor(duals),
          varying(s.z_0_student, direction),
          constant(s.z_0_teacher),
          constant(s.z_y),
          constant(s.epsilon),
          s.t,
        );
        expect(gradient.value).toEqual(closedFormScoreDifference(arrays, s.schedule)(perturbed(s), 1));
        const slope = gradient.value.reduce((sum, g, i) => sum + (g * (direction[i] ?? 0)) / N, 0);
        expect(distance(loss.tangent, [slope])).toBeLessThan(1e-13);
        expect(distance(loss.value, arrays.mean(arrays.multiply(gradient.value, s.z_0_student)))).toBe(0);
      }),
    );
  });

  test("Eq 5's loss passes gradient / N to the student's end and leaves out the teacher's Jacobian", () => {
    fc.assert(
      fc.property(either, numbers(N), (s, direction) => {
        const { loss, gradient } = scoreDistillationSampling(duals, s.schedule)(
          s.predictor(duals),
          varying(s.z_0_student, direction),
          constant(s.z_y),
          constant(s.epsilon),
          s.t,
        );
        const slope = gradient.value.reduce((sum, g, i) => sum + (g * (direction[i] ?? 0)) / N, 0);
        expect(distance(loss.tangent, [slope])).toBeLessThan(1e-13);
      }),
    );
  });
});

describe("the authors' doubled input scaling", () => {
  test("changes what the teacher is fed, and so F, and nothing else", () => {
    fc.assert(
      fc.property(either, (s) => {
        const once = perturbed(s, "once");
        const twice = perturbed(s, "twice");
        expect(perturbed(s)).toEqual(once);
        const F = (z_t: Numbers) => predictClean(arrays, s.schedule, "twice")(s.predictor(arrays), z_t, s.t);
        expect(twice).toEqual({ ...once, F_student: F(once.z_t_student), F_teacher: F(once.z_t_teacher) });
      }),
    );
  });

  test("is an option of HSD and of SDS, off by default", () => {
    const schedule = scheduleOf(superResolutionSchedule);
    const inputs: Numbers[] = [];
    const spy = (input: Numbers): Numbers => {
      inputs.push(input);
      return input;
    };
    const run = (scaling?: InputScaling) => {
      inputs.length = 0;
      highFrequencyScoreDistillation(arrays, schedule, scaling)(spy, [1], [1], [1], [0], 3);
      scoreDistillationSampling(arrays, schedule, scaling)(spy, [1], [1], [0], 3);
      return inputs.map(([x]) => x ?? Number.NaN);
    };
    const scale = 1 / Math.sqrt(4 * etaAt(schedule, 3) + 1);
    const all = (x: number) => [x, x, x];
    expect(distance(run(), all(scale))).toBeLessThan(1e-15);
    expect(distance(run("once"), all(scale))).toBeLessThan(1e-15);
    expect(distance(run("twice"), all(scale * scale))).toBeLessThan(1e-15);
  });
});
