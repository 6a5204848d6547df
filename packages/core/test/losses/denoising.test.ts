import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  alphaAt,
  denoisingLoss,
  denoisingWeight,
  distillationLoss,
  etaAt,
  posteriorMean,
  posteriorVariance,
  superResolutionSchedule,
} from "../../src/index.ts";
import { numbers, scheduleOf, schedules, schedulesWithTime } from "../arbitraries.ts";
import { arrays, distance } from "../arrays.ts";
import { constant, duals, varying } from "../dual.ts";

describe("Eq 4, the teacher's objective", () => {
  test("Eq 4's weight times the squared error is the divergence of the two posteriors", () => {
    fc.assert(
      fc.property(
        schedulesWithTime(2),
        numbers(3),
        numbers(3),
        numbers(3),
        ([schedule, t], z_t, z_0, predicted) => {
          // The KL divergence of two Gaussians of one variance: squared distance of the means over twice the variance.
          const mean = posteriorMean(arrays, schedule);
          const apart = arrays.square(arrays.subtract(mean(z_t, z_0, t), mean(z_t, predicted, t)));
          const divergence = arrays.scale(apart, 1 / (2 * posteriorVariance(schedule)(t)));
          const weighted = arrays.scale(
            arrays.square(arrays.subtract(predicted, z_0)),
            denoisingWeight(schedule)(t),
          );
          // In the difference of the means the part of z_t cancels, which is up to eta_t / alpha_t times larger.
          const cancelled = etaAt(schedule, t) / alphaAt(schedule, t);
          expect(distance(divergence, weighted)).toBeLessThan(1e-15 * cancelled + 1e-12);
        },
      ),
    );
  });

  test("Eq 4's weight is alpha_t / (2 kappa^2 eta_t eta_{t-1}) from t = 2 on", () => {
    fc.assert(
      fc.property(schedulesWithTime(2), ([schedule, t]) => {
        const product = 2 * schedule.kappa ** 2 * etaAt(schedule, t) * etaAt(schedule, t - 1);
        expect((denoisingWeight(schedule)(t) * product) / alphaAt(schedule, t)).toBeCloseTo(1, 13);
      }),
    );
  });

  test("Eq 4's weight at t = 1 takes the posterior variance of t = 2, and is 1 if T = 1", () => {
    fc.assert(
      fc.property(schedules(2), (schedule) => {
        expect(denoisingWeight(schedule)(1)).toBe(1 / (2 * posteriorVariance(schedule)(2)));
      }),
    );
    expect(denoisingWeight(scheduleOf({ ...superResolutionSchedule, steps: 1 }))(1)).toBe(1);
  });

  test("Eq 4's weight has no value outside 1..T", () => {
    const weight = denoisingWeight(scheduleOf(superResolutionSchedule));
    expect(() => weight(0)).toThrow("an integer from 1 to T = 15");
    expect(() => weight(16)).toThrow("an integer from 1 to T = 15");
  });

  test("Eq 4 unweighted is the mean squared error, by default; weighted it scales each sample by its w_t", () => {
    const schedule = scheduleOf(superResolutionSchedule);
    const prediction = [1, 2, 5, 7];
    const z_0 = [0, 4, 2, 3];
    expect(denoisingLoss(arrays, schedule)(prediction, z_0, [3, 9])).toEqual([(1 + 4 + 9 + 16) / 4]);
    const weight = denoisingWeight(schedule);
    const expected = (weight(3) * (1 + 4) + weight(9) * (9 + 16)) / 4;
    const weighted = denoisingLoss(arrays, schedule, "variational");
    expect(distance(weighted(prediction, z_0, [3, 9]), [expected])).toBeLessThan(1e-14);
    expect(distance(weighted(prediction, z_0, 3), [(weight(3) * 30) / 4])).toBeLessThan(1e-14);
  });
});

describe("Eq 6, distillation", () => {
  test("Eq 6 is the mean squared difference, 0 only if student and teacher end alike", () => {
    fc.assert(
      fc.property(numbers(5), numbers(5), (student, teacher) => {
        const squares = student.map((z, i) => (z - (teacher[i] ?? Number.NaN)) ** 2);
        const loss = distillationLoss(arrays)(student, teacher);
        expect(distance(loss, [squares.reduce((a, b) => a + b) / 5])).toBeLessThan(1e-14);
        expect(loss[0] === 0).toBe(student.every((z, i) => z === teacher[i]));
      }),
    );
  });

  test("Eq 6 passes the gradient 2 (student - teacher) / N to the student, and none to the teacher", () => {
    fc.assert(
      fc.property(numbers(5), numbers(5), numbers(5), (student, teacher, direction) => {
        const loss = distillationLoss(duals);
        const slope = student.reduce(
          (sum, z, i) => sum + (2 / 5) * (z - (teacher[i] ?? 0)) * (direction[i] ?? 0),
          0,
        );
        const toStudent = loss(varying(student, direction), constant(teacher)).tangent;
        expect(distance(toStudent, [slope])).toBeLessThan(1e-14);
        expect(loss(constant(student), varying(teacher, direction)).tangent).toEqual([0]);
      }),
    );
  });
});
