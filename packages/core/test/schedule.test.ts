import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, test } from "vitest";
import {
  alphaAt,
  denoisingWeight,
  etaAt,
  faceRestorationSchedule,
  indexAt,
  makeSchedule,
  posteriorMean,
  posteriorVariance,
  respace,
  type ScheduleConfig,
  superResolutionSchedule,
} from "../src/index.ts";
import { configs, scheduleOf } from "./arbitraries.ts";
import { arrays } from "./arrays.ts";

/** The numbers that the authors' code (ResShift, models/gaussian_diffusion.py) computes, by 0-based index. */
interface PublishedSchedule {
  readonly config: {
    readonly steps: number;
    readonly kappa: number;
    readonly min_noise_level: number;
    readonly etas_end: number;
    readonly power: number;
    readonly timestep_respacing?: number;
  };
  readonly sqrt_etas: readonly number[];
  readonly timestep_map: readonly number[];
  readonly posterior_variance: readonly number[];
  readonly posterior_mean_coef_zt: readonly number[];
  readonly posterior_mean_coef_z0: readonly number[];
  readonly mse_weight: readonly number[];
}

const published: Readonly<Record<string, PublishedSchedule>> = JSON.parse(
  readFileSync(new URL("./fixtures/schedules.json", import.meta.url), "utf8"),
);

const configOf = ({ config }: PublishedSchedule): ScheduleConfig => ({
  steps: config.steps,
  kappa: config.kappa,
  minNoiseLevel: config.min_noise_level,
  etasEnd: config.etas_end,
  power: config.power,
  ...(config.timestep_respacing === undefined ? {} : { respacing: config.timestep_respacing }),
});

const relative = (found: readonly number[], expected: readonly number[]): number =>
  found.length === expected.length
    ? Math.max(
        ...found.map((x, i) => Math.abs(x - (expected[i] ?? Number.NaN)) / (Math.abs(expected[i] ?? 0) || 1)),
      )
    : Number.POSITIVE_INFINITY;

describe("agreement with the published code", () => {
  test("the fixture holds the four schedules", () => {
    expect(Object.keys(published)).toEqual([
      "realsr_s15",
      "faceir_s4",
      "realsr_s15_respaced5",
      "bicubic_s1000",
    ]);
  });

  test.each(Object.entries(published))("%s within 1e-12", (_name, expected) => {
    const schedule = scheduleOf(configOf(expected));
    const times = schedule.index.map((_, i) => i + 1);
    const mean = posteriorMean(arrays, schedule);
    const coefficient = (z_t: number, z_0: number) =>
      times.map((t) => mean([z_t], [z_0], t)[0] ?? Number.NaN);
    expect(schedule.index).toEqual(expected.timestep_map);
    expect(
      relative(
        times.map((t) => Math.sqrt(etaAt(schedule, t))),
        expected.sqrt_etas,
      ),
    ).toBeLessThan(1e-12);
    expect(relative(times.map(posteriorVariance(schedule)), expected.posterior_variance)).toBeLessThan(1e-12);
    expect(relative(coefficient(1, 0), expected.posterior_mean_coef_zt)).toBeLessThan(1e-12);
    expect(relative(coefficient(0, 1), expected.posterior_mean_coef_z0)).toBeLessThan(1e-12);
    expect(relative(times.map(denoisingWeight(schedule)), expected.mse_weight)).toBeLessThan(1e-12);
  });

  test("the named configurations are the published ones", () => {
    const { realsr_s15, faceir_s4 } = published;
    expect(realsr_s15 && configOf(realsr_s15)).toEqual(superResolutionSchedule);
    expect(faceir_s4 && configOf(faceir_s4)).toEqual(faceRestorationSchedule);
  });
});

describe("eta", () => {
  test("starts at 0, increases, and ends as configured", () => {
    fc.assert(
      fc.property(configs(), (config) => {
        const { respacing: _, ...whole } = config;
        const { T, eta } = scheduleOf(whole);
        expect(eta).toHaveLength(T + 1);
        expect(eta[0]).toBe(0);
        expect(eta[T]).toBe(config.etasEnd ** 2);
        for (let t = 1; t <= T; t++) expect(eta[t]).toBeGreaterThan(eta[t - 1] ?? Number.NaN);
        if (T > 1) {
          const s_1 = Math.min(config.minNoiseLevel / config.kappa, config.minNoiseLevel);
          expect(eta[1]).toBe(s_1 * s_1);
        }
      }),
    );
  });

  test("is s_1 b^((T-1) ((t-1)/(T-1))^p) squared, b = exp(ln(end / s_1) / (T-1))", () => {
    fc.assert(
      fc.property(configs(2), (config) => {
        const { respacing: _, ...whole } = config;
        const { T, eta } = scheduleOf(whole);
        const s_1 = Math.min(config.minNoiseLevel / config.kappa, config.minNoiseLevel);
        const b = Math.exp(Math.log(config.etasEnd / s_1) / (T - 1));
        const direct = Array.from(
          { length: T },
          (_, i) => (s_1 * b ** ((T - 1) * (i / (T - 1)) ** config.power)) ** 2,
        );
        expect(relative(eta.slice(1), direct)).toBeLessThan(1e-12);
      }),
    );
  });

  test("alpha_1 ... alpha_T add up to eta_T", () => {
    fc.assert(
      fc.property(configs(), (config) => {
        const schedule = scheduleOf(config);
        const total = schedule.index.reduce((sum, _, i) => sum + alphaAt(schedule, i + 1), 0);
        expect(Math.abs(total - etaAt(schedule, schedule.T))).toBeLessThan(1e-14);
      }),
    );
  });

  test("with one step is etasEnd squared, whatever the power", () => {
    for (const power of [0.3, 1, 7]) {
      const schedule = scheduleOf({ ...superResolutionSchedule, steps: 1, power });
      expect(schedule.eta).toEqual([0, 0.99 * 0.99]);
      expect(schedule.index).toEqual([0]);
    }
  });

  test("a time outside the range is refused by name and range", () => {
    const schedule = scheduleOf(superResolutionSchedule);
    for (const t of [-1, 16, 1.5, Number.NaN])
      expect(() => etaAt(schedule, t)).toThrow(
        new RangeError(`time t is ${t}; allowed: an integer from 0 to T = 15`),
      );
    expect(() => alphaAt(schedule, 0)).toThrow("an integer from 1 to T = 15");
    expect(() => indexAt(schedule, 0)).toThrow("an integer from 1 to T = 15");
    expect(indexAt(schedule, 15)).toBe(14);
  });
});

describe("respacing", () => {
  test("keeps the etas at indices floor(T / S i) and feeds the network those indices", () => {
    fc.assert(
      fc.property(
        configs().chain((config) => fc.tuple(fc.constant(config), fc.integer({ min: 1, max: config.steps }))),
        ([{ respacing: _, ...config }, S]) => {
          const whole = scheduleOf(config);
          const kept = E.getOrElseW(() => null)(respace(whole, S));
          if (kept === null) throw new Error("refused");
          expect(kept.T).toBe(S);
          expect(kept.index).toEqual(Array.from({ length: S }, (_, i) => Math.floor((config.steps / S) * i)));
          expect(new Set(kept.index).size).toBe(S);
          expect(kept.eta).toEqual([0, ...kept.index.map((i) => whole.eta[i + 1])]);
          expect(alphaAt(kept, S)).toBe((kept.eta[S] ?? 0) - (kept.eta[S - 1] ?? 0));
          expect(makeSchedule(kept.config)).toEqual(E.right(kept));
        },
      ),
    );
  });

  test("starts from the original schedule however it was respaced before", () => {
    const five = scheduleOf({ ...superResolutionSchedule, respacing: 5 });
    expect(respace(five, 15)).toEqual(makeSchedule({ ...superResolutionSchedule, respacing: 15 }));
    expect(respace(five, 3)).toEqual(makeSchedule({ ...superResolutionSchedule, respacing: 3 }));
  });
});

describe("validation", () => {
  const cases: readonly (readonly [Partial<Record<keyof ScheduleConfig, number>>, string])[] = [
    [{ steps: 0 }, "schedule: steps is 0; allowed: an integer from 1 to 1000000"],
    [{ steps: 2.5 }, "schedule: steps is 2.5; allowed: an integer from 1 to 1000000"],
    [{ steps: Number.NaN }, "schedule: steps is NaN; allowed: an integer from 1 to 1000000"],
    [{ kappa: 0 }, "schedule: kappa is 0; allowed: a finite number above 0"],
    [{ kappa: Number.POSITIVE_INFINITY }, "schedule: kappa is Infinity; allowed: a finite number above 0"],
    [{ minNoiseLevel: -0.1 }, "schedule: minNoiseLevel is -0.1; allowed: a finite number above 0"],
    [{ power: 0 }, "schedule: power is 0; allowed: a finite number above 0"],
    [{ etasEnd: 1.01 }, "schedule: etasEnd is 1.01; allowed: above sqrt(eta_1) = 0.02 and at most 1"],
    [{ etasEnd: 0.02 }, "schedule: etasEnd is 0.02; allowed: above sqrt(eta_1) = 0.02 and at most 1"],
    [{ respacing: 0 }, "schedule: respacing is 0; allowed: an integer from 1 to steps = 15"],
    [{ respacing: 16 }, "schedule: respacing is 16; allowed: an integer from 1 to steps = 15"],
  ];

  test.each(cases)("%j", (change, message) => {
    const made = makeSchedule({ ...superResolutionSchedule, ...change });
    expect(E.isLeft(made) && made.left.message).toBe(message);
    expect(E.isLeft(made) && made.left.field).toBe(Object.keys(change)[0]);
  });

  test("refuses a value that is no number at all", () => {
    const config: ScheduleConfig = JSON.parse('{ "kappa": "2" }');
    const made = makeSchedule({ ...superResolutionSchedule, ...config });
    expect(E.isLeft(made) && made.left.message).toBe(
      "schedule: kappa is 2; allowed: a finite number above 0",
    );
  });

  test("refuses a power that makes neighbouring etas equal in float64", () => {
    const made = makeSchedule({ ...superResolutionSchedule, steps: 1000, power: 10 });
    expect(E.isLeft(made) && made.left.message).toBe(
      "schedule: power is 10; allowed: a power near enough to 1 that eta increases; in float64 eta_2 = eta_1",
    );
  });
});
