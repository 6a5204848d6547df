import type { Pointwise } from "../algebra.ts";
import type { Predictor, Times } from "../notation.ts";
import { forwardProcess, type InputScaling, noiseFromPrediction, predictClean } from "../process.ts";
import type { Schedule } from "../schedule.ts";
import { type ScoreDistillation, scoreSurrogate } from "./hsd.ts";

/**
 * Score distillation sampling, the baseline of the paper's ablation: omega (epsilon_phi(z_t_student) - epsilon).
 * z_t_student is the student's end, noised to t by Eq 1 with this same epsilon. epsilon_phi is the noise that the
 * teacher's prediction `F_student` implies (Eq 14). t = 1..T. It is Eq 7 with the teacher's score replaced by the
 * noise.
 *
 * The result is used as a gradient with respect to z_0_student. As in Eq 7, the factor 1 - eta_t of dz_t/dz_0 and the
 * teacher's Jacobian are left out.
 *
 * @equation 5
 */
export const scoreDistillationGradient =
  <T>(algebra: Pointwise<T>, schedule: Schedule) =>
  (z_t_student: T, F_student: T, z_y: T, epsilon: T, t: Times, omega: number): T => {
    const epsilon_phi = noiseFromPrediction(algebra, schedule)(z_t_student, F_student, z_y, t);
    return algebra.scale(algebra.subtract(epsilon_phi, epsilon), omega);
  };

/**
 * All steps at once, for training: perturb the student's end, run the teacher on it, take Eq 5 with omega = 1, and make
 * the surrogate. The gradient passes to z_0_student. `scaling` "twice" is what the authors' code (TAD-SR) does.
 */
export const scoreDistillationSampling =
  <T>(algebra: Pointwise<T>, schedule: Schedule, scaling: InputScaling = "once") =>
  (teacher: Predictor<T>, z_0_student: T, z_y: T, epsilon: T, t: Times): ScoreDistillation<T> => {
    const z_t_student = forwardProcess(algebra, schedule)(algebra.stopGradient(z_0_student), z_y, epsilon, t);
    const F_student = predictClean(algebra, schedule, scaling)(teacher, z_t_student, t);
    const gradient = scoreDistillationGradient(algebra, schedule)(z_t_student, F_student, z_y, epsilon, t, 1);
    return { gradient, loss: scoreSurrogate(algebra)(gradient, z_0_student) };
  };
