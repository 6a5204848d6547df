/**
 * From z_T to z_0 in T steps: ancestral (Eq 2) and deterministic (Eq 3).
 *
 * A sampler is a generator. It yields after every step, so that a caller can show progress, stop
 * early (leave the loop) or look inside; its return value is z_0.
 */
import type { Pointwise } from "./algebra.ts";
import { type Predictor, perSample, type Time, type Times } from "./notation.ts";
import { posteriorMean, posteriorVariance, predictClean } from "./process.ts";
import { etaAt, type Schedule } from "./schedule.ts";

export interface SamplerStep<T> {
  /** The time that the step leaves, from T down to 1 (for the inversion: the time that it reaches). */
  readonly t: Time;
  /** The state after the step, at time t - 1 (for the inversion: at time t). */
  readonly z_t: T;
  /** The prediction of z_0 that the step used. */
  readonly z_0: T;
}

export interface StepCoefficients {
  readonly k: number;
  readonly m: number;
  readonly j: number;
}

/** m_t = sqrt(eta_{t-1} / eta_t), j_t = eta_{t-1} - sqrt(eta_{t-1} eta_t), k_t = 1 - j_t - m_t; t = 1..T. */
export const stepCoefficients =
  (schedule: Schedule) =>
  (t: Time): StepCoefficients => {
    const eta_t = etaAt(schedule, t, 1);
    const eta_previous = etaAt(schedule, t - 1);
    const m = Math.sqrt(eta_previous / eta_t);
    const j = eta_previous - Math.sqrt(eta_previous * eta_t);
    return { k: 1 - j - m, m, j };
  };

/**
 * z_{t-1} = k_t z_0 + m_t z_t + j_t z_y, for t = 1..T. It keeps the noise in z_t and brings it to the level of t - 1.
 * At t = 1 it is z_0.
 *
 * @equation 3
 */
export const deterministicStep =
  <T>({ add, scale }: Pointwise<T>, schedule: Schedule) =>
  (z_t: T, z_0: T, z_y: T, t: Times): T => {
    const at = stepCoefficients(schedule);
    const k = perSample(t, (t) => at(t).k);
    const m = perSample(t, (t) => at(t).m);
    const j = perSample(t, (t) => at(t).j);
    return add(add(scale(z_0, k), scale(z_t, m)), scale(z_y, j));
  };

/**
 * The exact inverse of `deterministicStep`: z_t = (z_{t-1} - k_t z_0 - j_t z_y) / m_t, for t = 2..T.
 *
 * At t = 1 it throws a RangeError: there m_1 = 0, so z_0 holds nothing of z_1 and there is no inverse.
 */
export const invertDeterministicStep =
  <T>({ subtract, scale }: Pointwise<T>, schedule: Schedule) =>
  (z_previous: T, z_0: T, z_y: T, t: Times): T => {
    const at = (t: Time): StepCoefficients => {
      etaAt(schedule, t, 2);
      return stepCoefficients(schedule)(t);
    };
    const k = perSample(t, (t) => at(t).k);
    const j = perSample(t, (t) => at(t).j);
    const inverse_m = perSample(t, (t) => 1 / at(t).m);
    return scale(subtract(subtract(z_previous, scale(z_0, k)), scale(z_y, j)), inverse_m);
  };

/** A draw from Eq 2: its mean plus its standard deviation times the noise, for t = 1..T; z_0 at t = 1. */
export const ancestralStep =
  <T>(algebra: Pointwise<T>, schedule: Schedule) =>
  (z_t: T, z_0: T, noise: T, t: Times): T => {
    const deviation = perSample(t, (t) => Math.sqrt(posteriorVariance(schedule)(t)));
    return algebra.add(posteriorMean(algebra, schedule)(z_t, z_0, t), algebra.scale(noise, deviation));
  };

/** T steps of Eq 3 from z_T. The predictor is called once for each step. */
export const deterministicSampler = <T>(algebra: Pointwise<T>, schedule: Schedule) => {
  const predict = predictClean(algebra, schedule);
  const step = deterministicStep(algebra, schedule);
  return function* (predictor: Predictor<T>, z_T: T, z_y: T): Generator<SamplerStep<T>, T> {
    let z_t = z_T;
    for (let t = schedule.T; t >= 1; t--) {
      const z_0 = predict(predictor, z_t, t);
      z_t = step(z_t, z_0, z_y, t);
      yield { t, z_t, z_0 };
    }
    return z_t;
  };
};

/** T steps of Eq 2 from z_T. `noiseAt(t)` gives the noise of the step that leaves t, for t = T..2. */
export const ancestralSampler = <T>(algebra: Pointwise<T>, schedule: Schedule) => {
  const predict = predictClean(algebra, schedule);
  const step = ancestralStep(algebra, schedule);
  const lastMean = posteriorMean(algebra, schedule);
  return function* (predictor: Predictor<T>, z_T: T, noiseAt: (t: Time) => T): Generator<SamplerStep<T>, T> {
    let z_t = z_T;
    for (let t = schedule.T; t >= 1; t--) {
      const z_0 = predict(predictor, z_t, t);
      // The variance is 0 at t = 1, so no noise is needed.
      z_t = t === 1 ? lastMean(z_t, z_0, t) : step(z_t, z_0, noiseAt(t), t);
      yield { t, z_t, z_0 };
    }
    return z_t;
  };
};

/**
 * Inverts Eq 3 at t = 2..T, from a nearly clean latent, taken as z_1, up to z_T. z_t is not known before the step, so
 * the prediction is made from z_{t-1} as if it were z_t.
 */
export const deterministicInversion = <T>(algebra: Pointwise<T>, schedule: Schedule) => {
  const predict = predictClean(algebra, schedule);
  const invert = invertDeterministicStep(algebra, schedule);
  return function* (predictor: Predictor<T>, z_1: T, z_y: T): Generator<SamplerStep<T>, T> {
    let z_t = z_1;
    for (let t = 2; t <= schedule.T; t++) {
      const z_0 = predict(predictor, z_t, t);
      z_t = invert(z_t, z_0, z_y, t);
      yield { t, z_t, z_0 };
    }
    return z_t;
  };
};

/** Runs a sampler to its end. */
export const runSampler = <T>(steps: Generator<SamplerStep<T>, T>): T => {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
};
