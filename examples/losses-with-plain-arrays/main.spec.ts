import { expect, test } from "vitest";
import { main } from "./main.ts";

const { etas, z_0_teacher, z_0_student, distillation, gradient, loss } = main();
const eta_2 = etas[2] ?? Number.NaN;

test("the schedule has the paper's fifteen times, from 0.02 squared to 0.99 squared", () => {
  expect(etas).toHaveLength(16);
  expect(etas[1]).toBeCloseTo(0.0004, 15);
  expect(etas[15]).toBeCloseTo(0.9801, 15);
});

test("the teacher's fifteen steps and the student's one end at these latents", () => {
  const expected = {
    teacher: [0.36745919863612886, -0.26221554336593444, -0.1629049910877485, -0.7427314699649696],
    student: [1.0025547626068707, -0.6693041772633745, -0.29478574382353306, -1.5900782066240096],
  };
  z_0_teacher.forEach((z, i) => {
    expect(z).toBeCloseTo(expected.teacher[i] ?? Number.NaN, 12);
  });
  z_0_student.forEach((z, i) => {
    expect(z).toBeCloseTo(expected.student[i] ?? Number.NaN, 12);
  });
});

test("the distillation loss is the mean squared difference", () => {
  const squares = z_0_student.map((z, i) => (z - (z_0_teacher[i] ?? Number.NaN)) ** 2);
  expect(distillation).toBeCloseTo(squares.reduce((a, b) => a + b) / 4, 14);
});

test("for this linear teacher, HSD's gradient is a multiple of student - teacher", () => {
  // F(z_t) = 0.8 z_t / sqrt(4 eta + 1), and the difference of the z_t is (1 - eta) times that of the ends.
  const omega_2 = (1 - eta_2) / (2 * Math.sqrt(eta_2));
  const factor = omega_2 * (1 - (0.8 * (1 - eta_2)) / Math.sqrt(4 * eta_2 + 1));
  gradient.forEach((g, i) => {
    const apart = (z_0_student[i] ?? Number.NaN) - (z_0_teacher[i] ?? Number.NaN);
    expect(g).toBeCloseTo(factor * apart, 13);
  });
});

test("the objective is the distillation loss plus HSD's surrogate, the mean of gradient times student", () => {
  const surrogate = gradient.reduce((sum, g, i) => sum + (g * (z_0_student[i] ?? Number.NaN)) / 4, 0);
  expect(loss).toBeCloseTo((distillation ?? Number.NaN) + surrogate, 14);
});
