/**
 * The time-aware adversarial losses (Eq 9-12) and the plain GAN pair of the ablation.
 *
 * A discriminator has one head for each scale. Its losses are means over all logits of all heads (as in the authors'
 * code, TAD-SR), so a head with more logits counts for more.
 */
import type { Neural, Pointwise } from "../algebra.ts";
import { type PerSample, perSample, type Times } from "../notation.ts";
import { forwardProcess, scaleInput } from "../process.ts";
import { indexAt, type Schedule } from "../schedule.ts";

/**
 * The features F_k of a latent: the latent is noised to t (Eq 1), scaled, and given with its index to the encoder part
 * of the frozen teacher. The student's latent and the real one get the same noise and the same time. t = 1..T.
 *
 * The paper's sentence after this equation swaps the names of the real and the generated features.
 *
 * @equation 9
 */
export const noisedFeatures =
  <T>(algebra: Pointwise<T>, schedule: Schedule) =>
  <Features>(
    encoder: (input: T, index: PerSample) => Features,
    z_0: T,
    z_y: T,
    epsilon: T,
    t: Times,
  ): Features => {
    const z_t = forwardProcess(algebra, schedule)(z_0, z_y, epsilon, t);
    return encoder(
      scaleInput(algebra, schedule)(z_t, t),
      perSample(t, (t) => indexAt(schedule, t)),
    );
  };

/**
 * Norm(F_k) (1 + gamma_k) + beta_k: the features [n, h, w, c] are normalised, then scaled and shifted by the
 * projections [n, c] of the time embedding.
 *
 * @equation 10
 */
export const modulateFeatures =
  <T>({ modulate }: Pick<Neural<T>, "modulate">) =>
  (normalize: (features: T) => T, F_k: T, gamma_k: T, beta_k: T): T =>
    modulate(normalize(F_k), gamma_k, beta_k);

/** The logits of one head. */
export interface HeadLogits<T> {
  readonly logits: T;
  /**
   * The number of logits, or any number in the same ratio to the other heads' numbers (such as the number a sample).
   */
  readonly count: number;
}

/** The mean of `formula` over all logits of all heads: the sum of the sums over the sum of the counts. */
const meanOverHeads =
  <T>({ add, mean, scale }: Pointwise<T>) =>
  (heads: readonly HeadLogits<T>[], formula: (logits: T) => T): T => {
    const total = heads.reduce((sum, { count }) => sum + count, 0);
    const [first, ...rest] = heads.map(({ logits, count }) => scale(mean(formula(logits)), count / total));
    if (first === undefined) throw new RangeError("heads is an empty list; allowed: at least one head");
    return rest.reduce(add, first);
  };

/**
 * The student's adversarial loss: minus the mean of the discriminator's logits for the student's latents.
 *
 * @equation 11
 */
export const generatorHingeLoss =
  <T>(algebra: Pointwise<T>) =>
  (student: readonly HeadLogits<T>[]): T =>
    meanOverHeads(algebra)(student, (logits) => algebra.scale(logits, -1));

/**
 * The discriminator's loss: mean max(0, 1 + the student's logits) + mean max(0, 1 - the real logits). A logit beyond
 * its margin (a student's below -1, a real one above 1) adds nothing and passes no gradient.
 *
 * @equation 12
 */
export const discriminatorHingeLoss =
  <T>(algebra: Pointwise<T>) =>
  (student: readonly HeadLogits<T>[], real: readonly HeadLogits<T>[]): T => {
    const { add, offset, relu, scale } = algebra;
    const average = meanOverHeads(algebra);
    return add(
      average(student, (logits) => relu(offset(logits, 1))),
      average(real, (logits) => relu(offset(scale(logits, -1), 1))),
    );
  };

/** The generator's loss of the plain GAN, in the non-saturating form: mean softplus(-the student's logits). */
export const plainGeneratorLoss =
  <T>(algebra: Pointwise<T>) =>
  (student: readonly HeadLogits<T>[]): T =>
    meanOverHeads(algebra)(student, (logits) => algebra.softplus(algebra.scale(logits, -1)));

/** The discriminator's loss of the plain GAN: mean softplus(the student's logits) + mean softplus(-the real logits). */
export const plainDiscriminatorLoss =
  <T>(algebra: Pointwise<T>) =>
  (student: readonly HeadLogits<T>[], real: readonly HeadLogits<T>[]): T => {
    const { add, scale, softplus } = algebra;
    const average = meanOverHeads(algebra);
    return add(
      average(student, softplus),
      average(real, (logits) => softplus(scale(logits, -1))),
    );
  };
