import type { Pointwise } from "../algebra.ts";
import { perSample, type Time, type Times } from "../notation.ts";
import { posteriorVariance } from "../process.ts";
import { alphaAt, etaAt, type Schedule } from "../schedule.ts";

/**
 * w_t = alpha_t / (2 kappa^2 eta_t eta_{t-1}), for t = 1..T: the weight that makes Eq 4 the variational
 * bound, (alpha_t / eta_t)^2 / (2 variance) with the posterior's variance.
 *
 * At t = 1 the variance is 0, and that of t = 2 takes its place, as in the authors' code (ResShift,
 * models/gaussian_diffusion.py): w_1 = 1 / (2 variance_2). If T = 1, there is no t = 2 either; then w_1 = 1, since a
 * single term needs no weight.
 */
export const denoisingWeight =
  (schedule: Schedule) =>
  (t: Time): number => {
    if (t === 1) return schedule.T === 1 ? 1 : 1 / (2 * posteriorVariance(schedule)(2));
    return alphaAt(schedule, t) / (2 * schedule.kappa ** 2 * etaAt(schedule, t) * etaAt(schedule, t - 1));
  };

/** "none" leaves the weight out, which trains better in practice (the paper, after Eq 4). */
export type DenoisingWeighting = "none" | "variational";

/**
 * The loss that trains a teacher: the mean over all elements of w_t (prediction - z_0)^2, where `prediction` is the
 * network's z_0 from z_t. The paper's sum over t becomes a mean over the drawn times, t = 1..T, one for the batch or
 * one for each sample. Its squared norm becomes a mean over elements.
 *
 * @equation 4
 */
export const denoisingLoss =
  <T>(algebra: Pointwise<T>, schedule: Schedule, weighting: DenoisingWeighting = "none") =>
  (prediction: T, z_0: T, t: Times): T => {
    const { mean, square, subtract, scale } = algebra;
    const squares = square(subtract(prediction, z_0));
    return mean(weighting === "none" ? squares : scale(squares, perSample(t, denoisingWeight(schedule))));
  };
