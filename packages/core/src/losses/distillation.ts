import type { Pointwise } from "../algebra.ts";

/**
 * The vanilla distillation loss: the mean over all elements of (z_0_student - z_0_teacher)^2. z_0_student is the
 * student's single step, and z_0_teacher is the end of the teacher's T deterministic steps, both from the same z_T. The
 * teacher's end is a constant: no gradient passes to it.
 *
 * Departs from the print: the paper writes the squared norm, a sum; this is the mean, as in the authors' code (TAD-SR).
 * Algorithm 1 calls this Eq 8, but it is Eq 6.
 *
 * @equation 6
 */
export const distillationLoss =
  <T>({ mean, square, subtract, stopGradient }: Pointwise<T>) =>
  (z_0_student: T, z_0_teacher: T): T =>
    mean(square(subtract(z_0_student, stopGradient(z_0_teacher))));
