/**
 * High-frequency enhanced score distillation (Eq 7, 8, 15, 16).
 *
 * The student's and the teacher's ends (their z_0) are noised to a small time t' with the same noise, and the teacher
 * predicts z_0 from each. The functions here give the *gradient* of the loss with respect to z_0_student, in the four
 * forms of the paper, which are equal. `scoreSurrogate` turns it into a scalar that a differentiating engine can
 * minimise.
 */
import type { Pointwise } from "../algebra.ts";
import { type Predictor, perSample, type Time, type Times } from "../notation.ts";
import { forwardProcess, type InputScaling, noiseFromPrediction, predictClean } from "../process.ts";
import { etaAt, type Schedule } from "../schedule.ts";

/** The teacher's predictions for both ends, which are perturbed by the same noise. All tensors have one shape. */
export interface PerturbedPair<T> {
  /** t', 1..T. */
  readonly t: Times;
  readonly z_y: T;
  readonly z_0_student: T;
  readonly z_0_teacher: T;
  /** The student's end at t', by Eq 1. */
  readonly z_t_student: T;
  /** The teacher's end at t', by Eq 1, with the same noise. */
  readonly z_t_teacher: T;
  /** F(z_t_student, t'). */
  readonly F_student: T;
  /** F(z_t_teacher, t'). */
  readonly F_teacher: T;
}

/**
 * Noises both ends with one epsilon and runs the teacher on each. No gradient passes into the teacher: its Jacobian is
 * left out (as in SDS).
 */
export const perturbPair =
  <T>(algebra: Pointwise<T>, schedule: Schedule, scaling: InputScaling = "once") =>
  (teacher: Predictor<T>, z_0_student: T, z_0_teacher: T, z_y: T, epsilon: T, t: Times): PerturbedPair<T> => {
    const perturb = forwardProcess(algebra, schedule);
    const predict = predictClean(algebra, schedule, scaling);
    const student = algebra.stopGradient(z_0_student);
    const z_t_student = perturb(student, z_y, epsilon, t);
    const z_t_teacher = perturb(z_0_teacher, z_y, epsilon, t);
    return {
      t,
      z_y,
      z_0_student: student,
      z_0_teacher,
      z_t_student,
      z_t_teacher,
      F_student: predict(teacher, z_t_student, t),
      F_teacher: predict(teacher, z_t_teacher, t),
    };
  };

/** omega = 1 / (C S): C channels, S spatial pixels of a latent. */
export const scoreWeight = (channels: number, pixels: number): number => 1 / (channels * pixels);

/**
 * omega_2 = omega (1 - eta_t') / (kappa sqrt(eta_t')), for t' = 1..T.
 *
 * The paper prints the denominator once as sqrt(eta kappa) and once as sqrt(eta); only
 * kappa sqrt(eta) makes Eq 7 and Eq 8 equal.
 */
export const closedFormWeight =
  (schedule: Schedule) =>
  (omega: number, t: Time): number => {
    const eta_t = etaAt(schedule, t, 1);
    return (omega * (1 - eta_t)) / (schedule.kappa * Math.sqrt(eta_t));
  };

/**
 * omega (epsilon_phi(z_t_student) - epsilon_phi(z_t_teacher)): the difference of two scores. Each score is the noise
 * that the teacher's prediction implies (Eq 14). The paper prints t where it means t'.
 *
 * @equation 7
 */
export const scoreDifference =
  <T>(algebra: Pointwise<T>, schedule: Schedule) =>
  (pair: PerturbedPair<T>, omega: number): T => {
    const epsilon_phi = noiseFromPrediction(algebra, schedule);
    const { t, z_y } = pair;
    return algebra.scale(
      algebra.subtract(
        epsilon_phi(pair.z_t_student, pair.F_student, z_y, t),
        epsilon_phi(pair.z_t_teacher, pair.F_teacher, z_y, t),
      ),
      omega,
    );
  };

/**
 * omega ((z_t_student - z_t_teacher) + (1 - eta) (F_teacher - F_student)) / (kappa sqrt(eta)): Eq 7 with Eq 14
 * inserted. z_y cancels.
 *
 * @equation 15
 */
export const scoreDifferenceOfStates =
  <T>({ add, subtract, scale }: Pointwise<T>, schedule: Schedule) =>
  ({ t, z_t_student, z_t_teacher, F_student, F_teacher }: PerturbedPair<T>, omega: number): T => {
    const remaining = perSample(t, (t) => 1 - etaAt(schedule, t, 1));
    const weight = perSample(t, (t) => omega / (schedule.kappa * Math.sqrt(etaAt(schedule, t, 1))));
    const states = subtract(z_t_student, z_t_teacher);
    return scale(add(states, scale(subtract(F_teacher, F_student), remaining)), weight);
  };

/** z_0_student - z_0_teacher + F_teacher - F_student, the bracket of Eq 8 and Eq 16. */
const bracket = <T>({ add, subtract }: Pointwise<T>, pair: PerturbedPair<T>): T =>
  add(subtract(pair.z_0_student, pair.z_0_teacher), subtract(pair.F_teacher, pair.F_student));

/**
 * omega (1 - eta) (z_0_student - z_0_teacher + F_teacher - F_student) / (kappa sqrt(eta)), factor by factor: Eq 15 with
 * z_t_student - z_t_teacher = (1 - eta) (z_0_student - z_0_teacher) inserted. That holds because both ends were noised
 * with the same epsilon.
 *
 * @equation 16
 */
export const scoreDifferenceOfEnds =
  <T>(algebra: Pointwise<T>, schedule: Schedule) =>
  (pair: PerturbedPair<T>, omega: number): T => {
    const { scale } = algebra;
    const remaining = perSample(pair.t, (t) => 1 - etaAt(schedule, t, 1));
    const level = perSample(pair.t, (t) => 1 / (schedule.kappa * Math.sqrt(etaAt(schedule, t, 1))));
    return scale(scale(scale(bracket(algebra, pair), omega), remaining), level);
  };

/**
 * omega_2 (z_0_student - z_0_teacher + F_teacher - F_student): the closed form. It is 0 if the student ends where the
 * teacher does.
 *
 * @equation 8
 */
export const closedFormScoreDifference =
  <T>(algebra: Pointwise<T>, schedule: Schedule) =>
  (pair: PerturbedPair<T>, omega: number): T =>
    algebra.scale(
      bracket(algebra, pair),
      perSample(pair.t, (t) => closedFormWeight(schedule)(omega, t)),
    );

/**
 * The scalar that is differentiated in place of Eq 5, 7 or 8: mean(stopGradient(gradient) z_0_student). Its gradient
 * with respect to z_0_student is `gradient` / N, where N is the number of elements of the whole batch. Its value has no
 * meaning.
 *
 * So the mean already contains the weight omega = 1/(C S). With omega = 1 in `gradient` and n samples of C S elements
 * each, gradient / N = omega gradient / n, the mean over the batch of the paper's loss. Make `gradient` with omega = 1,
 * as training does (and the reference numbers do): with omega = 1/(C S) the weight would count twice.
 */
export const scoreSurrogate =
  <T>({ mean, multiply, stopGradient }: Pointwise<T>) =>
  (gradient: T, z_0_student: T): T =>
    mean(multiply(stopGradient(gradient), z_0_student));

/** The scalar to minimise for a score distillation, and the gradient (made with omega = 1) that it represents. */
export interface ScoreDistillation<T> {
  readonly loss: T;
  readonly gradient: T;
}

/**
 * All steps at once, for training: perturb both ends, run the teacher on them, take Eq 8 with omega = 1, and make the
 * surrogate. The gradient passes to z_0_student. `scaling` "twice" is what the authors' code (TAD-SR) does.
 */
export const highFrequencyScoreDistillation =
  <T>(algebra: Pointwise<T>, schedule: Schedule, scaling: InputScaling = "once") =>
  (
    teacher: Predictor<T>,
    z_0_student: T,
    z_0_teacher: T,
    z_y: T,
    epsilon: T,
    t: Times,
  ): ScoreDistillation<T> => {
    const pair = perturbPair(algebra, schedule, scaling)(teacher, z_0_student, z_0_teacher, z_y, epsilon, t);
    const gradient = closedFormScoreDifference(algebra, schedule)(pair, 1);
    return { gradient, loss: scoreSurrogate(algebra)(gradient, z_0_student) };
  };
