import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  alphaAt,
  ancestralStep,
  etaAt,
  forwardProcess,
  noiseFromPrediction,
  noiseLevel,
  type PerSample,
  posteriorMean,
  posteriorVariance,
  predictClean,
  scaleInput,
  startOfSampling,
  superResolutionSchedule,
} from "../src/index.ts";
import { between, number, numbers, scheduleOf, schedules, schedulesWithTime } from "./arbitraries.ts";
import { arrays, distance, type Numbers } from "./arrays.ts";

const one = (a: Numbers): number => a[0] ?? Number.NaN;

describe("Eq 1, the forward process", () => {
  test("Eq 1 has mean z_0 + eta_t (z_y - z_0) and standard deviation kappa sqrt(eta_t)", () => {
    fc.assert(
      fc.property(
        schedulesWithTime(0),
        numbers(4),
        numbers(4),
        numbers(4),
        ([schedule, t], z_0, z_y, epsilon) => {
          const eta_t = etaAt(schedule, t);
          const expected = z_0.map((z, i) => {
            const mean = z + eta_t * ((z_y[i] ?? 0) - z);
            return mean + schedule.kappa * Math.sqrt(eta_t) * (epsilon[i] ?? 0);
          });
          expect(distance(forwardProcess(arrays, schedule)(z_0, z_y, epsilon, t), expected)).toBeLessThan(
            1e-14,
          );
        },
      ),
    );
  });

  test("Eq 1 at t = 0 is z_0, and if eta_T = 1 its mean at T is z_y", () => {
    fc.assert(
      fc.property(numbers(4), numbers(4), numbers(4), between(0.2, 4), (z_0, z_y, epsilon, kappa) => {
        const schedule = scheduleOf({ ...superResolutionSchedule, kappa, etasEnd: 1 });
        const process = forwardProcess(arrays, schedule);
        expect(process(z_0, z_y, epsilon, 0)).toEqual(arrays.add(z_0, [0, 0, 0, 0]));
        expect(process(z_0, z_y, [0, 0, 0, 0], 15)).toEqual(arrays.add(z_y, [0, 0, 0, 0]));
      }),
    );
  });

  test("Eq 1 is its transitions one after the other: each adds alpha_t (z_y - z_0) and the variance kappa^2 alpha_t", () => {
    fc.assert(
      fc.property(schedules(), number(2), number(2), (schedule, z_0, z_y) => {
        let mean = z_0;
        let variance = 0;
        for (let t = 1; t <= schedule.T; t++) {
          mean += alphaAt(schedule, t) * (z_y - z_0);
          variance += schedule.kappa ** 2 * alphaAt(schedule, t);
          expect(distance([mean], forwardProcess(arrays, schedule)([z_0], [z_y], [0], t))).toBeLessThan(
            1e-13,
          );
          expect(distance([variance], [noiseLevel(schedule)(t) ** 2])).toBeLessThan(1e-13);
        }
      }),
    );
  });

  test("Eq 1 takes a time for each sample: the same as sample by sample", () => {
    fc.assert(
      fc.property(
        schedules(),
        fc.array(between(0, 1), { minLength: 3, maxLength: 3 }),
        numbers(6),
        numbers(6),
        numbers(6),
        (schedule, draws, z_0, z_y, epsilon) => {
          const times = draws.map((draw) => Math.round(draw * schedule.T));
          const process = forwardProcess(arrays, schedule);
          const each = times.flatMap((t, n) => {
            const sample = (a: Numbers) => a.slice(2 * n, 2 * n + 2);
            return process(sample(z_0), sample(z_y), sample(epsilon), t);
          });
          expect(process(z_0, z_y, epsilon, times)).toEqual(each);
        },
      ),
    );
  });

  test("the start of sampling is Eq 1 at T with z_0 replaced by z_y", () => {
    fc.assert(
      fc.property(schedules(), numbers(4), numbers(4), (schedule, z_y, epsilon) => {
        const expected = forwardProcess(arrays, schedule)(z_y, z_y, epsilon, schedule.T);
        expect(distance(startOfSampling(arrays, schedule)(z_y, epsilon), expected)).toBeLessThan(1e-15);
      }),
    );
  });

  test("input scaling gives a latent of variance 1 the variance 1 at every time", () => {
    fc.assert(
      fc.property(schedulesWithTime(0), ([schedule, t]) => {
        const factor = one(scaleInput(arrays, schedule)([1], t));
        const variance = 1 + noiseLevel(schedule)(t) ** 2;
        expect(factor ** 2 * variance).toBeCloseTo(1, 14);
      }),
    );
  });
});

describe("what the network is fed", () => {
  const fed = (scaling: "once" | "twice", t: PerSample) => {
    const schedule = scheduleOf({ ...superResolutionSchedule, respacing: 5 });
    const seen: { input: Numbers; index: PerSample }[] = [];
    predictClean(arrays, schedule, scaling)(
      (input, index) => {
        seen.push({ input, index });
        return input;
      },
      [3, 4],
      t,
    );
    return { schedule, call: seen[0], calls: seen.length };
  };

  test("z_t scaled once, and the index in the original schedule", () => {
    const { schedule, call, calls } = fed("once", 2);
    const factor = 1 / Math.sqrt(4 * etaAt(schedule, 2) + 1);
    expect(calls).toBe(1);
    expect(call?.index).toBe(3);
    expect(distance(call?.input ?? [], [3 * factor, 4 * factor])).toBeLessThan(1e-15);
  });

  test("an index for each sample if there is a time for each", () => {
    expect(fed("once", [5, 1]).call?.index).toEqual([12, 0]);
  });

  test("the authors' code scales twice: z_t / (kappa^2 eta_t + 1), the index as before", () => {
    const { schedule, call } = fed("twice", 2);
    const factor = 1 / (4 * etaAt(schedule, 2) + 1);
    expect(call?.index).toBe(3);
    expect(distance(call?.input ?? [], [3 * factor, 4 * factor])).toBeLessThan(1e-15);
  });
});

/**
 * Mean and variance of the product of two Gaussian densities, by the trapezoidal rule, which converges exponentially
 * here. The step is a third of the narrower deviation and the tails are cut at 12 deviations, so both errors are below
 * 1e-30, and only rounding remains.
 */
const momentsOfProduct = (
  first: { readonly mean: number; readonly variance: number },
  second: { readonly mean: number; readonly variance: number },
): { readonly mean: number; readonly variance: number } => {
  const narrow = Math.sqrt(Math.min(first.variance, second.variance));
  const low = Math.min(first.mean, second.mean) - 12 * narrow;
  const high = Math.max(first.mean, second.mean) + 12 * narrow;
  const step = narrow / 3;
  const points = Array.from({ length: Math.ceil((high - low) / step) + 1 }, (_, i) => low + i * step);
  const logDensity = points.map(
    (x) => -((x - first.mean) ** 2) / (2 * first.variance) - (x - second.mean) ** 2 / (2 * second.variance),
  );
  const top = logDensity.reduce((a, b) => Math.max(a, b));
  const weights = logDensity.map((log) => Math.exp(log - top));
  const total = weights.reduce((a, b) => a + b);
  const mean = points.reduce((sum, x, i) => sum + x * (weights[i] ?? 0), 0) / total;
  const variance = points.reduce((sum, x, i) => sum + (x - mean) ** 2 * (weights[i] ?? 0), 0) / total;
  return { mean, variance };
};

describe("Eq 2, the posterior", () => {
  test("Eq 2 is Bayes: the normalised product of one transition's likelihood and Eq 1's prior, integrated numerically", () => {
    fc.assert(
      fc.property(
        schedulesWithTime(2),
        number(2),
        number(2),
        number(3),
        ([schedule, t], z_0, z_y, epsilon) => {
          const alpha_t = alphaAt(schedule, t);
          const shift = alpha_t * (z_y - z_0);
          const z_t = one(forwardProcess(arrays, schedule)([z_0], [z_y], [epsilon], t));
          // As a function of z_{t-1}: N(z_t | z_{t-1} + alpha_t (z_y - z_0), kappa^2 alpha_t).
          const likelihood = { mean: z_t - shift, variance: schedule.kappa ** 2 * alpha_t };
          const prior = {
            mean: one(forwardProcess(arrays, schedule)([z_0], [z_y], [0], t - 1)),
            variance: noiseLevel(schedule)(t - 1) ** 2,
          };
          const product = momentsOfProduct(likelihood, prior);
          // The exponents reach about 1e4, so their rounding causes errors of 1e-12 in the weights.
          const tolerance = 1e-11;
          const mean = posteriorMean(arrays, schedule)([z_t], [z_0], t);
          expect(distance(mean, [product.mean])).toBeLessThan(tolerance);
          expect(Math.abs(posteriorVariance(schedule)(t) / product.variance - 1)).toBeLessThan(tolerance);
        },
      ),
    );
  });

  test("Eq 2 chained from Eq 1 has Eq 1's marginal: mean and variance one time earlier", () => {
    fc.assert(
      fc.property(schedulesWithTime(1), number(2), number(2), ([schedule, t], z_0, z_y) => {
        const process = forwardProcess(arrays, schedule);
        const posterior = posteriorMean(arrays, schedule);
        // A Gaussian of mean a and variance v, put through z -> c z + d plus noise of variance w, has mean c a + d and
        // variance c^2 v + w.
        const mean = posterior(process([z_0], [z_y], [0], t), [z_0], t);
        const slope = one(posterior([1], [0], t));
        const variance = slope ** 2 * noiseLevel(schedule)(t) ** 2 + posteriorVariance(schedule)(t);
        expect(distance(mean, process([z_0], [z_y], [0], t - 1))).toBeLessThan(1e-12);
        expect(distance([variance], [noiseLevel(schedule)(t - 1) ** 2])).toBeLessThan(1e-12);
      }),
    );
  });

  test("Eq 2 at t = 1 is z_0 with variance 0, so that an ancestral step's noise does not matter", () => {
    fc.assert(
      fc.property(schedules(), numbers(3), numbers(3), numbers(3), (schedule, z_1, z_0, noise) => {
        expect(posteriorVariance(schedule)(1)).toBe(0);
        expect(distance(ancestralStep(arrays, schedule)(z_1, z_0, noise, 1), z_0)).toBe(0);
      }),
    );
  });

  test("Eq 2's ancestral step adds the noise at the posterior's standard deviation", () => {
    fc.assert(
      fc.property(
        schedulesWithTime(1),
        numbers(3),
        numbers(3),
        numbers(3),
        ([schedule, t], z_t, z_0, noise) => {
          const step = ancestralStep(arrays, schedule)(z_t, z_0, noise, t);
          const mean = posteriorMean(arrays, schedule)(z_t, z_0, t);
          const deviation = Math.sqrt(posteriorVariance(schedule)(t));
          expect(distance(arrays.subtract(step, mean), arrays.scale(noise, deviation))).toBeLessThan(1e-14);
        },
      ),
    );
  });
});

describe("Eq 14, the noise from a prediction of z_0", () => {
  // Dividing by kappa sqrt(eta_t) >= 0.0016 costs three of the state's sixteen digits.
  test("Eq 14 inverts Eq 1: the true z_0 gives back the noise", () => {
    fc.assert(
      fc.property(
        schedulesWithTime(1),
        numbers(4),
        numbers(4),
        numbers(4),
        ([schedule, t], z_0, z_y, epsilon) => {
          const z_t = forwardProcess(arrays, schedule)(z_0, z_y, epsilon, t);
          expect(distance(noiseFromPrediction(arrays, schedule)(z_t, z_0, z_y, t), epsilon)).toBeLessThan(
            1e-12,
          );
        },
      ),
    );
  });

  test("Eq 14 with the denominator as printed, sqrt(eta_t kappa), does not give the noise back unless kappa = 1", () => {
    fc.assert(
      fc.property(
        schedulesWithTime(1),
        numbers(4),
        numbers(4),
        between(0.1, 2),
        ([schedule, t], z_0, z_y, e) => {
          const epsilon = [e, -e, e, 1];
          const z_t = forwardProcess(arrays, schedule)(z_0, z_y, epsilon, t);
          const exact = noiseFromPrediction(arrays, schedule)(z_t, z_0, z_y, t);
          const printed = arrays.scale(
            exact,
            noiseLevel(schedule)(t) / Math.sqrt(etaAt(schedule, t) * schedule.kappa),
          );
          // The two differ by the factor sqrt(kappa).
          expect(distance(printed, arrays.scale(epsilon, Math.sqrt(schedule.kappa)))).toBeLessThan(1e-11);
          fc.pre(Math.abs(schedule.kappa - 1) > 0.05);
          expect(distance(printed, epsilon)).toBeGreaterThan(0.01);
        },
      ),
    );
  });

  test("Eq 14 has no value at t = 0", () => {
    const schedule = scheduleOf(superResolutionSchedule);
    expect(() => noiseFromPrediction(arrays, schedule)([1], [1], [1], 0)).toThrow(
      "an integer from 1 to T = 15",
    );
  });
});
