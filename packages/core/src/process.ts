/**
 * The process between z_0 and z_y: the forward process (Eq 1), its posterior (Eq 2), the noise that a prediction of z_0
 * implies (Eq 14), and the scaled input of the network (ResShift, models/gaussian_diffusion.py).
 *
 * Coefficients are float64 numbers. A time is given for the batch or for each sample. A time outside the range that a
 * function states throws a RangeError.
 */
import type { Pointwise } from "./algebra.ts";
import { type Predictor, perSample, type Time, type Times } from "./notation.ts";
import { alphaAt, etaAt, indexAt, type Schedule } from "./schedule.ts";

/** kappa sqrt(eta_t): the standard deviation of the noise in z_t. t = 0..T. */
export const noiseLevel =
  (schedule: Schedule) =>
  (t: Time): number =>
    schedule.kappa * Math.sqrt(etaAt(schedule, t));

/** The mean of Eq 1, z_0 + eta_t (z_y - z_0). */
const shiftedMean =
  <T>({ add, scale }: Pointwise<T>, schedule: Schedule) =>
  (z_0: T, z_y: T, t: Times): T => {
    const eta_t = perSample(t, (t) => etaAt(schedule, t));
    const remaining = perSample(t, (t) => 1 - etaAt(schedule, t));
    return add(scale(z_0, remaining), scale(z_y, eta_t));
  };

/**
 * z_t = z_0 + eta_t (z_y - z_0) + kappa sqrt(eta_t) epsilon, for t = 0..T. All tensors have one shape.
 *
 * @equation 1
 */
export const forwardProcess =
  <T>(algebra: Pointwise<T>, schedule: Schedule) =>
  (z_0: T, z_y: T, epsilon: T, t: Times): T => {
    const { add, scale } = algebra;
    const mean = shiftedMean(algebra, schedule)(z_0, z_y, t);
    return add(mean, scale(epsilon, perSample(t, noiseLevel(schedule))));
  };

/**
 * Where sampling begins: z_T = z_y + kappa sqrt(eta_T) epsilon, which is Eq 1 at T with the unknown
 * z_0 replaced by z_y.
 */
export const startOfSampling =
  <T>(algebra: Pointwise<T>, schedule: Schedule) =>
  (z_y: T, epsilon: T): T =>
    algebra.add(z_y, algebra.scale(epsilon, noiseLevel(schedule)(schedule.T)));

/** The network's input in place of z_t: z_t / sqrt(kappa^2 eta_t + 1). t = 0..T. */
export const scaleInput =
  <T>(algebra: Pointwise<T>, schedule: Schedule) =>
  (z_t: T, t: Times): T => {
    const inverse_deviation = perSample(t, (t) => 1 / Math.sqrt(noiseLevel(schedule)(t) ** 2 + 1));
    return algebra.scale(z_t, inverse_deviation);
  };

/** The paper scales the network's input once. The authors' code (TAD-SR) scales it twice inside HSD and SDS. */
export type InputScaling = "once" | "twice";

/** F(z_t, t): the predictor's z_0, from the scaled input and the original index. t = 1..T. */
export const predictClean =
  <T>(algebra: Pointwise<T>, schedule: Schedule, scaling: InputScaling = "once") =>
  (predictor: Predictor<T>, z_t: T, t: Times): T => {
    const scaled = scaleInput(algebra, schedule);
    const index = perSample(t, (t) => indexAt(schedule, t));
    const input = scaled(z_t, t);
    return predictor(scaling === "once" ? input : scaled(input, t), index);
  };

/**
 * The mean of q(z_{t-1} | z_t, z_0, y): eta_{t-1}/eta_t z_t + alpha_t/eta_t z_0, for t = 1..T. At t = 1
 * it is z_0. Its variance is `posteriorVariance`.
 *
 * @equation 2
 */
export const posteriorMean =
  <T>(algebra: Pointwise<T>, schedule: Schedule) =>
  (z_t: T, z_0: T, t: Times): T => {
    const of_z_t = perSample(t, (t) => etaAt(schedule, t - 1) / etaAt(schedule, t, 1));
    const of_z_0 = perSample(t, (t) => alphaAt(schedule, t) / etaAt(schedule, t, 1));
    return algebra.add(algebra.scale(z_t, of_z_t), algebra.scale(z_0, of_z_0));
  };

/** The variance that belongs to Eq 2: kappa^2 eta_{t-1}/eta_t alpha_t, for t = 1..T; 0 at t = 1. */
export const posteriorVariance =
  (schedule: Schedule) =>
  (t: Time): number =>
    schedule.kappa ** 2 * (etaAt(schedule, t - 1) / etaAt(schedule, t, 1)) * alphaAt(schedule, t);

/**
 * The noise that a prediction of z_0 implies:
 * (z_t - (z_0 + eta_t (z_y - z_0))) / (kappa sqrt(eta_t)), for t = 1..T. It is Eq 1 solved for epsilon.
 *
 * Departs from the print: the paper's denominator reads sqrt(eta_t kappa), which does not invert
 * Eq 1.
 *
 * @equation 14
 */
export const noiseFromPrediction =
  <T>(algebra: Pointwise<T>, schedule: Schedule) =>
  (z_t: T, z_0_predicted: T, z_y: T, t: Times): T => {
    const mean = shiftedMean(algebra, schedule)(z_0_predicted, z_y, t);
    const inverse_level = perSample(t, (t) => 1 / (schedule.kappa * Math.sqrt(etaAt(schedule, t, 1))));
    return algebra.scale(algebra.subtract(z_t, mean), inverse_level);
  };
