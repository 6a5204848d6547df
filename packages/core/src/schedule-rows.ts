/** Every number of a schedule, by the paper's time. */
import { denoisingWeight } from "./losses/denoising.ts";
import { posteriorMean, posteriorVariance, scaleInput } from "./process.ts";
import { type ReferenceTensor, referenceAlgebra } from "./reference.ts";
import { stepCoefficients } from "./sampler.ts";
import type { Schedule } from "./schedule.ts";

export interface ScheduleRow {
  readonly t: number;
  /** The 0-based time index that the network gets. */
  readonly index: number;
  readonly sqrtEta: number;
  readonly eta: number;
  readonly alpha: number;
  /** 1 / sqrt(kappa^2 eta_t + 1): z_t is multiplied by it before the network. */
  readonly inputScale: number;
  readonly posteriorVariance: number;
  /** The coefficients of z_t and z_0 in the mean of Eq 2. */
  readonly posteriorMeanOfZt: number;
  readonly posteriorMeanOfZ0: number;
  /** The coefficients of z_t, z_y and z_0 in Eq 3. */
  readonly m: number;
  readonly j: number;
  readonly k: number;
  /** Eq 4. At t = 1 it would be infinite, so the posterior variance of t = 2 is used. */
  readonly weight: number;
}

const scalar = (value: number): ReferenceTensor => ({ shape: [1], data: Float64Array.of(value) });

/**
 * Rows for t = 1..T, computed by the functions that sample. Eq 2 is linear in its tensors, so a coefficient is the
 * equation applied to 1 for its tensor and 0 for the other.
 */
export const scheduleRows = (schedule: Schedule): readonly ScheduleRow[] => {
  const mean = posteriorMean(referenceAlgebra, schedule);
  const scaled = scaleInput(referenceAlgebra, schedule);
  const variance = posteriorVariance(schedule);
  const weight = denoisingWeight(schedule);
  const coefficients = stepCoefficients(schedule);
  const [one, zero] = [scalar(1), scalar(0)];
  const value = ({ data }: ReferenceTensor): number => data[0] ?? Number.NaN;
  return schedule.index.map((index, i) => {
    const t = i + 1;
    const eta = schedule.eta[t] ?? Number.NaN;
    const { m, j, k } = coefficients(t);
    return {
      t,
      index,
      sqrtEta: Math.sqrt(eta),
      eta,
      alpha: eta - (schedule.eta[i] ?? Number.NaN),
      inputScale: value(scaled(one, t)),
      posteriorVariance: variance(t),
      posteriorMeanOfZt: value(mean(one, zero, t)),
      posteriorMeanOfZ0: value(mean(zero, one, t)),
      m,
      j,
      k,
      weight: weight(t),
    };
  });
};
