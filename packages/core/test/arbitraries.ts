/** Random inputs for the property tests. */
import * as fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import {
  makeSchedule,
  type Pointwise,
  type Predictor,
  type Schedule,
  type ScheduleConfig,
} from "../src/index.ts";
import type { Numbers } from "./arrays.ts";

/** Numbers without very small ones: squares and quotients of those would test float64's underflow. */
export const number = (most: number): fc.Arbitrary<number> =>
  fc.double({ min: -most, max: most, noNaN: true }).map((x) => (Math.abs(x) < 1e-3 ? 0 : x));

export const between = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true });

export const numbers = (length: number, most = 2): fc.Arbitrary<Numbers> =>
  fc.array(number(most), { minLength: length, maxLength: length });

/** The schedule. If there is none, the test fails and says why. */
export const scheduleOf = (config: ScheduleConfig): Schedule => {
  const made = makeSchedule(config);
  if (E.isLeft(made)) throw new Error(made.left.message);
  return made.right;
};

/**
 * kappa sqrt(eta_t) is at least 0.0016 here. Eq 14 divides by it, so it loses at most three of float64's sixteen
 * digits.
 */
export const configs = (least = 1, most = 30): fc.Arbitrary<ScheduleConfig> =>
  fc
    .record({
      steps: fc.integer({ min: least, max: most }),
      kappa: between(0.2, 4),
      minNoiseLevel: between(0.008, 0.3),
      etasEnd: between(0.5, 1),
      power: between(0.2, 2),
    })
    .chain((config) =>
      fc
        .option(fc.integer({ min: least, max: config.steps }), { nil: undefined })
        .map((respacing) => (respacing === undefined ? config : { ...config, respacing })),
    );

/** Schedules of `least` steps or more. Half of them are respaced. */
export const schedules = (least = 1, most = 30): fc.Arbitrary<Schedule> =>
  configs(least, most).map(scheduleOf);

/** A schedule and one of its times, from `first` on. */
export const schedulesWithTime = (first = 1): fc.Arbitrary<readonly [Schedule, number]> =>
  schedules(Math.max(1, first)).chain((schedule) =>
    fc.tuple(fc.constant(schedule), fc.integer({ min: first, max: schedule.T })),
  );

/** A predictor that runs on any algebra. */
export type AnyPredictor = <T>(algebra: Pointwise<T>) => Predictor<T>;

const first = (index: number | readonly number[]): number =>
  typeof index === "number" ? index : (index[0] ?? Number.NaN);

/** x -> a x + b, where b depends on the time. */
export const affinePredictors: fc.Arbitrary<AnyPredictor> = fc.tuple(number(2), number(2), number(0.1)).map(
  ([slope, shift, drift]) =>
    <T>({ scale, offset }: Pointwise<T>): Predictor<T> =>
    (input, index) =>
      offset(scale(input, slope), shift + drift * first(index)),
);

/**
 * x -> a g(b x + c) x + d |x|, where g(u) = softplus(u) - softplus(u - 1) is a smooth step from 0 to 1 and the time is
 * in c. It is curved and has a kink, and is at most about as large as x, so that thirty steps do not overflow.
 */
export const nonlinearPredictors: fc.Arbitrary<AnyPredictor> = fc
  .tuple(number(1), number(2), number(1), number(1))
  .map(
    ([a, b, c, d]) =>
      <T>({ add, subtract, multiply, scale, offset, softplus, abs }: Pointwise<T>): Predictor<T> =>
      (input, index) => {
        const u = offset(scale(input, b), c + 0.05 * first(index));
        const gate = subtract(softplus(u), softplus(offset(u, -1)));
        return add(scale(multiply(gate, input), a), scale(abs(input), d));
      },
  );
