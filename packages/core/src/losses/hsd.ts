/**
 * High-frequency enhanced score distillation (Eq 7, 8, 15, 16).
 *
 * Both ends, the student's and the teacher's, are noised to a small time t' with the same noise, and
 * the teacher is asked what it would make of each. The functions here give the loss's *gradient* with
 * respect to z_0_student, in the four forms of the paper; they are equal. `scoreSurrogate` turns it
 * into a scalar that a differentiating engine can minimise.
 */
import type { Pointwise } from "../algebra.ts";
import { type Predictor, perSample, type Time, type Times } from "../notation.ts";
import { forwardProcess, type InputScaling, noiseFromPrediction, predictClean } from "../process.ts";
import { etaAt, type Schedule } from "../schedule.ts";

/** What the teacher says about both ends after the same perturbation. Tensors have one shape. */
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
 * Noises both ends with one epsilon and asks the teacher twice. No gradient passes into the teacher:
 * its Jacobian is left out (as in SDS).
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
 * omega (epsilon_phi(z_t_student) - epsilon_phi(z_t_teacher)): the difference of the two scores, each
 * the noise that the teacher's prediction implies (Eq 14). The paper prints t for t'.
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
 * omega ((z_t_student - z_t_teacher) + (1 - eta) (F_teacher - F_student)) / (kappa sqrt(eta)): Eq 7 with
 * Eq 14 put in; z_y cancels.
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
 * omega (1 - eta) (z_0_student - z_0_teacher + F_teacher - F_student) / (kappa sqrt(eta)), factor by
 * factor: Eq 15 with z_t_student - z_t_teacher = (1 - eta) (z_0_student - z_0_teacher) put in, which
 * holds because both were noised with the same epsilon.
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
 * omega_2 (z_0_student - z_0_teacher + F_teacher - F_student): the closed form, 0 where student and
 * teacher end alike.
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
 * The scalar that is differentiated in place of Eq 5, 7 or 8: mean(stopGradient(gradient) z_0_student).
 * Its gradient with respect to z_0_student is `gradient` / N, N being the number of elements of the
 * whole batch; its value means nothing by itself.
 *
 * So the weight omega = 1/(C S) is in the mean already: with omega = 1 in `gradient` and n samples of
 * C S elements each, gradient / N = omega gradient / n, the mean over the batch of the paper's loss.
 * Give `gradient` made with omega = 1, as training does (and the reference numbers); with
 * omega = 1/(C S) it would count twice.
 */
export const scoreSurrogate =
  <T>({ mean, multiply, stopGradient }: Pointwise<T>) =>
  (gradient: T, z_0_student: T): T =>
    mean(multiply(stopGradient(gradient), z_0_student));

/** A score distillation's scalar to minimise, and the gradient it stands for (made with omega = 1). */
export interface ScoreDistillation<T> {
  readonly loss: T;
  readonly gradient: T;
}

/**
 * Everything at once, for training: perturb both ends, ask the teacher, Eq 8 with omega = 1, surrogate.
 * z_0_student is what the gradient passes to. `scaling` "twice" is the authors' code.
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
