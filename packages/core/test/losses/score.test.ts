import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  closedFormScoreDifference,
  closedFormWeight,
  etaAt,
  forwardProcess,
  highFrequencyScoreDistillation,
  type InputScaling,
  noiseFromPrediction,
  type PerSample,
  type PerturbedPair,
  perturbPair,
  predictClean,
  type Schedule,
  scoreDifference,
  scoreDifferenceOfEnds,
  scoreDifferenceOfStates,
  scoreDistillationGradient,
  scoreDistillationSampling,
  scoreSurrogate,
  scoreWeight,
  superResolutionSchedule,
} from "../../src/index.ts";
import {
  type AnyPredictor,
  affinePredictors,
  between,
  nonlinearPredictors,
  numbers,
  scheduleOf,
  schedulesWithTime,
} from "../arbitraries.ts";
import { arrays, distance, type Numbers } from "../arrays.ts";
import { constant, type Dual, duals, varying } from "../dual.ts";

interface Situation {
  readonly schedule: Schedule;
  readonly t: number;
  readonly predictor: AnyPredictor;
  readonly z_0_student: Numbers;
  readonly z_0_teacher: Numbers;
  readonly z_y: Numbers;
  readonly epsilon: Numbers;
  readonly omega: number;
}

const situations = (predictors: fc.Arbitrary<AnyPredictor>): fc.Arbitrary<Situation> =>
  fc
    .record({
      at: schedulesWithTime(1),
      predictor: predictors,
      z_0_student: numbers(4),
      z_0_teacher: numbers(4),
      z_y: numbers(4),
      epsilon: numbers(4),
      omega: between(0.01, 1),
    })
    .map(({ at: [schedule, t], ...rest }) => ({ schedule, t, ...rest }));

const either = situations(fc.oneof(affinePredictors, nonlinearPredictors));

const perturbed = (s: Situation, scaling: InputScaling = "once"): PerturbedPair<Numbers> =>
  perturbPair(arrays, s.schedule, scaling)(
    s.predictor(arrays),
    s.z_0_student,
    s.z_0_teacher,
    s.z_y,
    s.epsilon,
    s.t,
  );

/**
 * Equal up to rounding. The scores subtract states of size about 10 and divide by kappa sqrt(eta_t),
 * at least 0.0016: that leaves 1e-12 of a result of size 1.
 */
const equal = (a: Numbers, b: Numbers): void => {
  expect(distance(a, b)).toBeLessThan(1e-11);
};

describe("Eq 7 to Eq 8, line by line", () => {
  test("Eq 7 is omega times the difference of the two noises that the teacher sees", () => {
    fc.assert(
      fc.property(either, (s) => {
        const { schedule, t, z_y, epsilon, omega, z_0_student, z_0_teacher } = s;
        const score = (z_0: Numbers): Numbers => {
          const z_t = forwardProcess(arrays, schedule)(z_0, z_y, epsilon, t);
          const F = predictClean(arrays, schedule)(s.predictor(arrays), z_t, t);
          return noiseFromPrediction(arrays, schedule)(z_t, F, z_y, t);
        };
        const expected = arrays.scale(arrays.subtract(score(z_0_student), score(z_0_teacher)), omega);
        expect(scoreDifference(arrays, schedule)(perturbed(s), omega)).toEqual(expected);
      }),
    );
  });

  test("Eq 15 equals Eq 7, for affine and nonlinear predictors: z_y cancels", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed(s);
        equal(
          scoreDifferenceOfStates(arrays, s.schedule)(pair, s.omega),
          scoreDifference(arrays, s.schedule)(pair, s.omega),
        );
      }),
    );
  });

  test("Eq 16's step: with the same noise, z_t_student - z_t_teacher = (1 - eta_t) (z_0_student - z_0_teacher)", () => {
    fc.assert(
      fc.property(either, (s) => {
        const { z_t_student, z_t_teacher } = perturbed(s);
        const ends = arrays.subtract(s.z_0_student, s.z_0_teacher);
        equal(arrays.subtract(z_t_student, z_t_teacher), arrays.scale(ends, 1 - etaAt(s.schedule, s.t)));
      }),
    );
  });

  test("Eq 16 equals Eq 15, for affine and nonlinear predictors", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed(s);
        equal(
          scoreDifferenceOfEnds(arrays, s.schedule)(pair, s.omega),
          scoreDifferenceOfStates(arrays, s.schedule)(pair, s.omega),
        );
      }),
    );
  });

  test("Eq 8 equals Eq 16's first line, for affine and nonlinear predictors", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed(s);
        equal(
          closedFormScoreDifference(arrays, s.schedule)(pair, s.omega),
          scoreDifferenceOfEnds(arrays, s.schedule)(pair, s.omega),
        );
      }),
    );
  });

  test("Eq 8 equals Eq 7 for an affine predictor", () => {
    fc.assert(
      fc.property(situations(affinePredictors), (s) => {
        const pair = perturbed(s);
        equal(
          closedFormScoreDifference(arrays, s.schedule)(pair, s.omega),
          scoreDifference(arrays, s.schedule)(pair, s.omega),
        );
      }),
    );
  });

  test("Eq 8 equals Eq 7 for a nonlinear predictor, and where its input is scaled twice", () => {
    fc.assert(
      fc.property(situations(nonlinearPredictors), fc.constantFrom("once", "twice"), (s, scaling) => {
        const pair = perturbed(s, scaling);
        equal(
          closedFormScoreDifference(arrays, s.schedule)(pair, s.omega),
          scoreDifference(arrays, s.schedule)(pair, s.omega),
        );
      }),
    );
  });

  test("Eq 8 equals Eq 7 with a time for each sample of the batch", () => {
    const schedule = scheduleOf(superResolutionSchedule);
    const predictor = (input: Numbers): Numbers => input.map(Math.tanh);
    const pair = perturbPair(arrays, schedule)(predictor, [1, 2], [0.5, -1], [0, 1], [0.3, -0.7], [1, 3]);
    const closed = closedFormScoreDifference(arrays, schedule)(pair, 1);
    equal(closed, scoreDifference(arrays, schedule)(pair, 1));
    equal(closed, scoreDifferenceOfStates(arrays, schedule)(pair, 1));
    equal(closed, scoreDifferenceOfEnds(arrays, schedule)(pair, 1));
  });

  test("Eq 8 is 0 where the student ends as the teacher does: it has no bias", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed({ ...s, z_0_student: s.z_0_teacher });
        const zeros = arrays.scale(s.z_0_teacher, 0);
        expect(distance(closedFormScoreDifference(arrays, s.schedule)(pair, s.omega), zeros)).toBe(0);
        expect(distance(scoreDifference(arrays, s.schedule)(pair, s.omega), zeros)).toBe(0);
      }),
    );
  });
});

describe("omega and omega_2", () => {
  /** How far the closed form is from Eq 7 when omega_2 has the denominator given. */
  const mismatch = (s: Situation, denominator: (kappa: number, eta: number) => number): number => {
    const { kappa } = s.schedule;
    const eta = etaAt(s.schedule, s.t);
    const pair = perturbed(s);
    const bracket = arrays.scale(
      closedFormScoreDifference(arrays, s.schedule)(pair, 1),
      1 / closedFormWeight(s.schedule)(1, s.t),
    );
    const variant = arrays.scale(bracket, (s.omega * (1 - eta)) / denominator(kappa, eta));
    const exact = scoreDifference(arrays, s.schedule)(pair, s.omega);
    const size = Math.max(...exact.map(Math.abs));
    // Only a loss that is not 0 can tell the variants apart.
    fc.pre(size > 1e-3);
    return Math.max(...exact.map((x, i) => Math.abs(x - (variant[i] ?? Number.NaN)))) / size;
  };

  const awayFromOne = either.filter(({ schedule }) => Math.abs(schedule.kappa - 1) > 0.05);

  test("Eq 8's omega_2 with the denominator kappa sqrt(eta) makes it equal Eq 7", () => {
    fc.assert(
      fc.property(either, (s) => {
        // 1e-11 of a result of at least 1e-3.
        expect(mismatch(s, (kappa, eta) => kappa * Math.sqrt(eta))).toBeLessThan(1e-8);
        expect(closedFormWeight(s.schedule)(s.omega, s.t)).toBeCloseTo(
          (s.omega * (1 - etaAt(s.schedule, s.t))) / (s.schedule.kappa * Math.sqrt(etaAt(s.schedule, s.t))),
          12,
        );
      }),
    );
  });

  test("Eq 8's omega_2 as printed below it, with sqrt(eta kappa), does not, unless kappa = 1", () => {
    fc.assert(
      fc.property(awayFromOne, (s) => {
        expect(mismatch(s, (kappa, eta) => Math.sqrt(eta * kappa))).toBeGreaterThan(0.02);
      }),
    );
  });

  test("Eq 16's omega_2 as printed below it, with sqrt(eta) alone, does not, unless kappa = 1", () => {
    fc.assert(
      fc.property(awayFromOne, (s) => {
        expect(mismatch(s, (_kappa, eta) => Math.sqrt(eta))).toBeGreaterThan(0.04);
      }),
    );
  });

  test("at kappa = 1 the three printed denominators are one", () => {
    fc.assert(
      fc.property(either, (s) => {
        const schedule = scheduleOf({ ...s.schedule.config, kappa: 1 });
        const atOne = { ...s, schedule };
        expect(mismatch(atOne, (kappa, eta) => Math.sqrt(eta * kappa))).toBeLessThan(1e-8);
        expect(mismatch(atOne, (_kappa, eta) => Math.sqrt(eta))).toBeLessThan(1e-8);
      }),
    );
  });

  test("Eq 7's omega is 1 / (C S)", () => {
    expect(scoreWeight(3, 64 * 64)).toBe(1 / 12288);
  });
});

describe("Eq 5, score distillation sampling", () => {
  const sds = (s: Situation, pair: PerturbedPair<Numbers>): Numbers =>
    scoreDistillationGradient(arrays, s.schedule)(
      pair.z_t_student,
      pair.F_student,
      s.z_y,
      s.epsilon,
      s.t,
      s.omega,
    );

  test("Eq 5 is Eq 7 with the teacher's score replaced by the noise", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed(s);
        const teacherScore = noiseFromPrediction(arrays, s.schedule)(
          pair.z_t_teacher,
          pair.F_teacher,
          s.z_y,
          s.t,
        );
        // Eq 7 + omega (teacher's score - epsilon) puts the noise in the score's place.
        const replaced = arrays.add(
          scoreDifference(arrays, s.schedule)(pair, s.omega),
          arrays.scale(arrays.subtract(teacherScore, s.epsilon), s.omega),
        );
        equal(sds(s, pair), replaced);
      }),
    );
  });

  test("Eq 5 is Eq 7 where the teacher denoises its own end perfectly", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed(s);
        equal(
          sds(s, pair),
          scoreDifference(arrays, s.schedule)({ ...pair, F_teacher: s.z_0_teacher }, s.omega),
        );
      }),
    );
  });

  test("Eq 5 in closed form is omega_2 (z_0_student - F_student)", () => {
    fc.assert(
      fc.property(either, (s) => {
        const pair = perturbed(s);
        const weight = closedFormWeight(s.schedule)(s.omega, s.t);
        equal(sds(s, pair), arrays.scale(arrays.subtract(s.z_0_student, pair.F_student), weight));
      }),
    );
  });

  test("Eq 5 is biased: it is not 0 where the student ends as the teacher does", () => {
    const schedule = scheduleOf(superResolutionSchedule);
    const half = (input: Numbers): Numbers => arrays.scale(input, 0.5);
    const end = [1, -1];
    const { gradient } = scoreDistillationSampling(arrays, schedule)(half, end, [0, 0], [0, 0], 2);
    const hsd = highFrequencyScoreDistillation(arrays, schedule)(half, end, end, [0, 0], [0, 0], 2);
    expect(Math.abs(gradient[0] ?? 0)).toBeGreaterThan(1);
    expect(hsd.gradient).toEqual([0, 0]);
  });
});

describe("the surrogate that is differentiated", () => {
  const N = 4;

  test("the surrogate's gradient for z_0_student, with the gradient held, is gradient / N, by central differences", () => {
    fc.assert(
      fc.property(numbers(N), numbers(N), (gradient, z_0_student) => {
        const surrogate = scoreSurrogate(arrays);
        // The surrogate is linear in z_0_student: a step of 1 is as exact as a small one.
        const slopes = z_0_student.map((_, i) => {
          const step = z_0_student.map((_, n) => (n === i ? 1 : 0));
          const up = surrogate(gradient, arrays.add(z_0_student, step));
          const down = surrogate(gradient, arrays.subtract(z_0_student, step));
          return ((up[0] ?? Number.NaN) - (down[0] ?? Number.NaN)) / 2;
        });
        expect(distance(slopes, arrays.scale(gradient, 1 / N))).toBeLessThan(1e-14);
      }),
    );
  });

  test("the surrogate's gradient with omega = 1 is omega = 1 / (C S) of Eq 7, averaged over the batch", () => {
    fc.assert(
      fc.property(either, (s) => {
        // Two samples of one channel and two pixels: n = 2, C S = 2, N = n C S.
        const pair = perturbed(s);
        const whole = scoreDifference(arrays, s.schedule)(pair, 1);
        const perSample = scoreDifference(arrays, s.schedule)(pair, scoreWeight(1, 2));
        equal(arrays.scale(whole, 1 / N), arrays.scale(perSample, 1 / 2));
      }),
    );
  });

  test("the surrogate passes nothing to what the gradient was made from", () => {
    fc.assert(
      fc.property(numbers(N), numbers(N), numbers(N), (gradient, z_0_student, direction) => {
        const surrogate = scoreSurrogate(duals);
        expect(surrogate(varying(gradient, direction), constant(z_0_student)).tangent).toEqual([0]);
      }),
    );
  });

  test("no gradient enters the teacher: what it is shown and what it says are constants", () => {
    fc.assert(
      fc.property(either, numbers(N), (s, direction) => {
        const student = varying(s.z_0_student, direction);
        const [z_y, epsilon] = [constant(s.z_y), constant(s.epsilon)];
        const shown: Numbers[] = [];
        const spy = (input: Dual, index: PerSample): Dual => {
          shown.push(input.tangent);
          return s.predictor(duals)(input, index);
        };
        perturbPair(duals, s.schedule)(spy, student, constant(s.z_0_teacher), z_y, epsilon, s.t);
        scoreDistillationSampling(duals, s.schedule)(spy, student, z_y, epsilon, s.t);
        expect(shown).toHaveLength(3);
        for (const tangent of shown) expect(distance(tangent, [0, 0, 0, 0])).toBe(0);
      }),
    );
  });

  test("Eq 8's loss passes gradient / N to the student's end and leaves out the teacher's Jacobian", () => {
    fc.assert(
      fc.property(either, numbers(N), (s, direction) => {
        const { loss, gradient } = highFrequencyScoreDistillation(duals, s.schedule)(
          s.predictor(duals),
          varying(s.z_0_student, direction),
          constant(s.z_0_teacher),
          constant(s.z_y),
          constant(s.epsilon),
          s.t,
        );
        expect(gradient.value).toEqual(closedFormScoreDifference(arrays, s.schedule)(perturbed(s), 1));
        const slope = gradient.value.reduce((sum, g, i) => sum + (g * (direction[i] ?? 0)) / N, 0);
        expect(distance(loss.tangent, [slope])).toBeLessThan(1e-13);
        expect(distance(loss.value, arrays.mean(arrays.multiply(gradient.value, s.z_0_student)))).toBe(0);
      }),
    );
  });

  test("Eq 5's loss passes gradient / N to the student's end and leaves out the teacher's Jacobian", () => {
    fc.assert(
      fc.property(either, numbers(N), (s, direction) => {
        const { loss, gradient } = scoreDistillationSampling(duals, s.schedule)(
          s.predictor(duals),
          varying(s.z_0_student, direction),
          constant(s.z_y),
          constant(s.epsilon),
          s.t,
        );
        const slope = gradient.value.reduce((sum, g, i) => sum + (g * (direction[i] ?? 0)) / N, 0);
        expect(distance(loss.tangent, [slope])).toBeLessThan(1e-13);
      }),
    );
  });
});

describe("the authors' doubled input scaling", () => {
  test("changes what the teacher is fed, and so F, and nothing else", () => {
    fc.assert(
      fc.property(either, (s) => {
        const once = perturbed(s, "once");
        const twice = perturbed(s, "twice");
        expect(perturbed(s)).toEqual(once);
        const F = (z_t: Numbers) => predictClean(arrays, s.schedule, "twice")(s.predictor(arrays), z_t, s.t);
        expect(twice).toEqual({ ...once, F_student: F(once.z_t_student), F_teacher: F(once.z_t_teacher) });
      }),
    );
  });

  test("is an option of HSD and of SDS, off by default", () => {
    const schedule = scheduleOf(superResolutionSchedule);
    const inputs: Numbers[] = [];
    const spy = (input: Numbers): Numbers => {
      inputs.push(input);
      return input;
    };
    const run = (scaling?: InputScaling) => {
      inputs.length = 0;
      highFrequencyScoreDistillation(arrays, schedule, scaling)(spy, [1], [1], [1], [0], 3);
      scoreDistillationSampling(arrays, schedule, scaling)(spy, [1], [1], [0], 3);
      return inputs.map(([x]) => x ?? Number.NaN);
    };
    const scale = 1 / Math.sqrt(4 * etaAt(schedule, 3) + 1);
    const all = (x: number) => [x, x, x];
    expect(distance(run(), all(scale))).toBeLessThan(1e-15);
    expect(distance(run("once"), all(scale))).toBeLessThan(1e-15);
    expect(distance(run("twice"), all(scale * scale))).toBeLessThan(1e-15);
  });
});
