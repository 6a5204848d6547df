import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ancestralSampler,
  ancestralStep,
  deterministicInversion,
  deterministicSampler,
  deterministicStep,
  etaAt,
  forwardProcess,
  invertDeterministicStep,
  normal,
  type PerSample,
  type Predictor,
  predictClean,
  runSampler,
  type Schedule,
  startOfSampling,
  stepCoefficients,
  superResolutionSchedule,
} from "../src/index.ts";
import { nonlinearPredictors, numbers, scheduleOf, schedules, schedulesWithTime } from "./arbitraries.ts";
import { arrays, distance, type Numbers } from "./arrays.ts";

const noiseOf = (t: number): Numbers => [...normal({ seed: 5, stream: t }, 0, 4)];

const zeros: Numbers = [0, 0, 0, 0];

describe("Eq 3, the deterministic step", () => {
  test("Eq 3 keeps the noise: from Eq 1 at t with epsilon to Eq 1 at t - 1 with the same epsilon", () => {
    fc.assert(
      fc.property(
        schedulesWithTime(1),
        numbers(4),
        numbers(4),
        numbers(4),
        ([schedule, t], z_0, z_y, epsilon) => {
          const process = forwardProcess(arrays, schedule);
          const step = deterministicStep(arrays, schedule)(process(z_0, z_y, epsilon, t), z_0, z_y, t);
          expect(distance(step, process(z_0, z_y, epsilon, t - 1))).toBeLessThan(1e-14);
        },
      ),
    );
  });

  test("Eq 3's three coefficients add up to 1, so that a constant latent stays where it is", () => {
    fc.assert(
      fc.property(schedulesWithTime(1), numbers(4), ([schedule, t], z) => {
        const { k, m, j } = stepCoefficients(schedule)(t);
        expect(k + m + j).toBeCloseTo(1, 15);
        expect(m).toBe(Math.sqrt(etaAt(schedule, t - 1) / etaAt(schedule, t)));
        expect(distance(deterministicStep(arrays, schedule)(z, z, z, t), z)).toBeLessThan(1e-15);
      }),
    );
  });

  test("Eq 3 at t = 1 is the prediction itself", () => {
    fc.assert(
      fc.property(schedules(), numbers(4), numbers(4), numbers(4), (schedule, z_1, z_0, z_y) => {
        expect(distance(deterministicStep(arrays, schedule)(z_1, z_0, z_y, 1), z_0)).toBe(0);
      }),
    );
  });

  // 1 / m_t is at most 1 / (0.002 / 0.5), so the inverse costs up to three digits.
  test("Eq 3 inverts exactly for t >= 2, in both orders", () => {
    fc.assert(
      fc.property(
        schedulesWithTime(2),
        numbers(4),
        numbers(4),
        numbers(4),
        ([schedule, t], z_t, z_0, z_y) => {
          const step = deterministicStep(arrays, schedule);
          const invert = invertDeterministicStep(arrays, schedule);
          expect(distance(invert(step(z_t, z_0, z_y, t), z_0, z_y, t), z_t)).toBeLessThan(1e-12);
          expect(distance(step(invert(z_t, z_0, z_y, t), z_0, z_y, t), z_t)).toBeLessThan(1e-12);
        },
      ),
    );
  });

  test("Eq 3 has no inverse at t = 1, and says so, for one sample of a batch too", () => {
    const invert = invertDeterministicStep(arrays, scheduleOf(superResolutionSchedule));
    const message = new RangeError("time t is 1; allowed: an integer from 2 to T = 15");
    expect(() => invert([1, 2], [1, 2], [1, 2], 1)).toThrow(message);
    expect(() => invert([1, 2], [1, 2], [1, 2], [2, 1])).toThrow(message);
  });

  test("Eq 3 takes a time for each sample", () => {
    const schedule = scheduleOf(superResolutionSchedule);
    const step = deterministicStep(arrays, schedule);
    const invert = invertDeterministicStep(arrays, schedule);
    expect(step([1, 2], [3, 4], [5, 6], [15, 7])).toEqual([
      ...step([1], [3], [5], 15),
      ...step([2], [4], [6], 7),
    ]);
    expect(invert([1, 2], [3, 4], [5, 6], [15, 7])).toEqual([
      ...invert([1], [3], [5], 15),
      ...invert([2], [4], [6], 7),
    ]);
  });
});

describe("samplers", () => {
  const perfect =
    (z_0: Numbers): Predictor<Numbers> =>
    () =>
      z_0;

  test("with a perfect predictor both samplers end in z_0, for every T, kappa and respacing", () => {
    fc.assert(
      fc.property(schedules(), numbers(4), numbers(4), numbers(4), (schedule, z_0, z_y, epsilon) => {
        const z_T = startOfSampling(arrays, schedule)(z_y, epsilon);
        const deterministic = deterministicSampler(arrays, schedule)(perfect(z_0), z_T, z_y);
        const ancestral = ancestralSampler(arrays, schedule)(perfect(z_0), z_T, noiseOf);
        expect(distance(runSampler(deterministic), z_0)).toBeLessThan(1e-15);
        expect(distance(runSampler(ancestral), z_0)).toBeLessThan(1e-15);
      }),
    );
  });

  test("with a perfect predictor the deterministic sampler stays on Eq 1's path with one epsilon", () => {
    fc.assert(
      fc.property(schedules(), numbers(4), numbers(4), numbers(4), (schedule, z_0, z_y, epsilon) => {
        const process = forwardProcess(arrays, schedule);
        const z_T = process(z_0, z_y, epsilon, schedule.T);
        for (const { t, z_t } of deterministicSampler(arrays, schedule)(perfect(z_0), z_T, z_y))
          expect(distance(z_t, process(z_0, z_y, epsilon, t - 1))).toBeLessThan(1e-13);
      }),
    );
  });

  /** The samplers written out, as a list of states. */
  const byHand = (
    schedule: Schedule,
    z_T: Numbers,
    predictor: Predictor<Numbers>,
    step: (z_t: Numbers, z_0: Numbers, t: number) => Numbers,
  ): readonly Numbers[] => {
    const states: Numbers[] = [];
    let z_t = z_T;
    for (let t = schedule.T; t >= 1; t--) {
      z_t = step(z_t, predictClean(arrays, schedule)(predictor, z_t, t), t);
      states.push(z_t);
    }
    return states;
  };

  test("every step is yielded: its time, the state after it and the prediction it used", () => {
    fc.assert(
      fc.property(schedules(), nonlinearPredictors, numbers(4), numbers(4), (schedule, any, z_T, z_y) => {
        const predictor = any(arrays);
        const step = deterministicStep(arrays, schedule);
        const draw = ancestralStep(arrays, schedule);
        const deterministic = [...deterministicSampler(arrays, schedule)(predictor, z_T, z_y)];
        const ancestral = [...ancestralSampler(arrays, schedule)(predictor, z_T, noiseOf)];
        const times = Array.from({ length: schedule.T }, (_, i) => schedule.T - i);
        expect(deterministic.map(({ t }) => t)).toEqual(times);
        expect(ancestral.map(({ t }) => t)).toEqual(times);
        expect(deterministic.map(({ z_t }) => z_t)).toEqual(
          byHand(schedule, z_T, predictor, (z_t, z_0, t) => step(z_t, z_0, z_y, t)),
        );
        const expected = byHand(schedule, z_T, predictor, (z_t, z_0, t) => draw(z_t, z_0, noiseOf(t), t));
        ancestral.forEach(({ z_t }, i) => {
          expect(distance(z_t, expected[i] ?? [])).toBe(0);
        });
        for (const { t, z_t, z_0 } of deterministic.slice(-1)) {
          expect(t).toBe(1);
          expect(distance(z_t, z_0)).toBe(0);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("the network is fed original indices, from the last kept one down", () => {
    const schedule = scheduleOf({ ...superResolutionSchedule, respacing: 5 });
    const seen: PerSample[] = [];
    const spy: Predictor<Numbers> = (input, index) => {
      seen.push(index);
      return input;
    };
    runSampler(deterministicSampler(arrays, schedule)(spy, zeros, zeros));
    runSampler(ancestralSampler(arrays, schedule)(spy, zeros, noiseOf));
    expect(seen).toEqual([12, 9, 6, 3, 0, 12, 9, 6, 3, 0]);
  });

  test("noise is asked for once a step, and not for the last, which has none", () => {
    const asked: number[] = [];
    const sampler = ancestralSampler(arrays, scheduleOf({ ...superResolutionSchedule, steps: 4 }));
    runSampler(
      sampler(
        (input) => input,
        zeros,
        (t) => {
          asked.push(t);
          return noiseOf(t);
        },
      ),
    );
    expect(asked).toEqual([4, 3, 2]);
  });

  test("a caller may stop early: no more predictions are made", () => {
    let calls = 0;
    const counting: Predictor<Numbers> = (input) => {
      calls += 1;
      return input;
    };
    const sampler = deterministicSampler(arrays, scheduleOf(superResolutionSchedule));
    for (const { t } of sampler(counting, zeros, zeros)) if (t === 13) break;
    expect(calls).toBe(3);
  });

  test("the inversion climbs from z_1 to z_T by inverted steps, each predicted as from its upper time", () => {
    fc.assert(
      fc.property(schedules(2, 8), nonlinearPredictors, numbers(4), numbers(4), (schedule, any, z_1, z_y) => {
        const predictor = any(arrays);
        const steps = [...deterministicInversion(arrays, schedule)(predictor, z_1, z_y)];
        const invert = invertDeterministicStep(arrays, schedule);
        expect(steps.map(({ t }) => t)).toEqual(Array.from({ length: schedule.T - 1 }, (_, i) => i + 2));
        steps.reduce((z_previous, { t, z_t, z_0 }) => {
          expect(z_0).toEqual(predictClean(arrays, schedule)(predictor, z_previous, t));
          expect(z_t).toEqual(invert(z_previous, z_0, z_y, t));
          return z_t;
        }, z_1);
      }),
      { numRuns: 50 },
    );
  });

  test("with a perfect predictor the inversion from z_1 reaches Eq 1's z_T", () => {
    fc.assert(
      fc.property(schedules(), numbers(4), numbers(4), numbers(4), (schedule, z_0, z_y, epsilon) => {
        const process = forwardProcess(arrays, schedule);
        const z_1 = process(z_0, z_y, epsilon, 1);
        const z_T = runSampler(deterministicInversion(arrays, schedule)(perfect(z_0), z_1, z_y));
        // All steps together multiply by sqrt(eta_T / eta_1), at most 500: this costs three digits.
        expect(distance(z_T, process(z_0, z_y, epsilon, schedule.T))).toBeLessThan(1e-11);
      }),
    );
  });
});
