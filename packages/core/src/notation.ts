/**
 * The paper's symbols, and the types of times.
 *
 * Names inside a formula are the paper's, with underscores so that z_t and z_T differ:
 *
 * | here | paper | meaning |
 * | --- | --- | --- |
 * | `z_0` | z_0 | latent of the high-resolution picture x |
 * | `z_y` | z_y | latent of the low-resolution picture y after bicubic upsampling |
 * | `z_t`, `z_T` | z_t, z_T | the forward process at time t, and at its end T |
 * | `eta[t]` | η_t | how far the mean has shifted from z_0 to z_y; `eta[0] = 0` |
 * | `alpha_t` | α_t | η_t − η_{t−1} |
 * | `kappa` | κ | standard deviation of the noise at η = 1 |
 * | `omega`, `omega_2` | ω, ω₂ | weights of the score distillation |
 * | `F` | F_φ | the teacher: predicts z_0 from z_t |
 * | `f` | f_θ | the student: predicts z_0 from z_T in one step |
 *
 * Paper time t runs 1..T; t = 0 is clean. A network is fed the 0-based `index` = t − 1. If the schedule is respaced,
 * the index is counted in the original schedule (ResShift, models/respace.py).
 */

/** Paper time, 0..T (0 is the clean latent). */
export type Time = number;

/** One number for the whole batch, or one for each sample of it. */
export type PerSample = number | readonly number[];

/** The times of a batch: one for all samples, or one for each. */
export type Times = PerSample;

/** Applies a formula to the batch's number, or to each sample's number. */
export const perSample = (times: Times, formula: (t: Time) => number): PerSample =>
  typeof times === "number" ? formula(times) : times.map(formula);

/**
 * A network that predicts z_0 (the paper, section III).
 *
 * `input` is z_t already scaled (`scaleInput`). `index` is the 0-based time in the original schedule, one for the batch
 * or one for each sample. The function holds what the network is conditioned on (lq, z_y) in its closure.
 */
export type Predictor<T> = (input: T, index: PerSample) => T;
