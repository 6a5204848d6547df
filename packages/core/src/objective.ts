import type { Pointwise } from "./algebra.ts";
import type { Objective } from "./engine.ts";

/** The weights of Eq 13. */
export interface ObjectiveWeights {
  /** lambda_1, the weight of the score distillation. */
  readonly lambda_1: number;
  /** lambda_2, the weight of the adversarial loss. */
  readonly lambda_2: number;
}

/** Real-world super-resolution (the paper's section V-A). */
export const superResolutionWeights: ObjectiveWeights = { lambda_1: 1, lambda_2: 0.02 };

/** Blind face restoration (the paper's section V-A). */
export const faceRestorationWeights: ObjectiveWeights = { lambda_1: 0.1, lambda_2: 0.2 };

/** The student's three losses, as scalars. `adversarial` is left out if there is no discriminator. */
export interface StudentLosses<T> {
  readonly distillation: T;
  readonly scoreDistillation: T;
  readonly adversarial?: T;
}

/**
 * L_distill + lambda_1 L_hsd + lambda_2 L_adv. Its parts are the three losses, unweighted. A loss adds nothing if it is
 * left out or its weight is 0.
 *
 * @equation 13
 */
export const studentObjective =
  <T>({ add, scale }: Pointwise<T>, { lambda_1, lambda_2 }: ObjectiveWeights) =>
  (losses: StudentLosses<T>): Objective<T> => {
    const { distillation, scoreDistillation, adversarial } = losses;
    const withScores = add(distillation, scale(scoreDistillation, lambda_1));
    if (adversarial === undefined) return { loss: withScores, parts: { distillation, scoreDistillation } };
    return {
      loss: add(withScores, scale(adversarial, lambda_2)),
      parts: { distillation, scoreDistillation, adversarial },
    };
  };
