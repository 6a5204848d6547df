import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  discriminatorHingeLoss,
  forwardProcess,
  generatorHingeLoss,
  type HeadLogits,
  modulateFeatures,
  noisedFeatures,
  type PerSample,
  plainDiscriminatorLoss,
  plainGeneratorLoss,
  scaleInput,
  superResolutionSchedule,
} from "../../src/index.ts";
import { between, numbers, scheduleOf, schedulesWithTime } from "../arbitraries.ts";
import { arrays, distance, type Numbers } from "../arrays.ts";
import { constant, duals, varying } from "../dual.ts";

type Heads = readonly HeadLogits<Numbers>[];

const headsOf = (lists: readonly Numbers[]): Heads =>
  lists.map((logits) => ({ logits, count: logits.length }));

/** Two or three heads of different sizes. */
const logits = fc.oneof(
  fc.tuple(numbers(4, 3), numbers(1, 3)),
  fc.tuple(numbers(2, 3), numbers(5, 3), numbers(3, 3)),
);

const average = (lists: readonly Numbers[], formula: (x: number) => number): number => {
  const all = lists.flat();
  return all.reduce((sum, x) => sum + formula(x), 0) / all.length;
};

const value = (loss: Numbers): number => loss[0] ?? Number.NaN;

describe("Eq 9 and Eq 10, time-aware features", () => {
  test("Eq 9 gives the encoder the scaled, noised latent and its index, and returns what it makes of them", () => {
    fc.assert(
      fc.property(
        schedulesWithTime(1),
        numbers(3),
        numbers(3),
        numbers(3),
        ([schedule, t], z_0, z_y, epsilon) => {
          const seen: { input: Numbers; index: PerSample }[] = [];
          const encoder = (input: Numbers, index: PerSample): readonly Numbers[] => {
            seen.push({ input, index });
            return [input, arrays.square(input)];
          };
          const features = noisedFeatures(arrays, schedule)(encoder, z_0, z_y, epsilon, t);
          const z_t = forwardProcess(arrays, schedule)(z_0, z_y, epsilon, t);
          const input = scaleInput(arrays, schedule)(z_t, t);
          expect(seen).toEqual([{ input, index: schedule.index[t - 1] }]);
          expect(features).toEqual([input, arrays.square(input)]);
        },
      ),
    );
  });

  test("Eq 9 gives the original index under respacing, one for each sample", () => {
    const schedule = scheduleOf({ ...superResolutionSchedule, respacing: 5 });
    const index = noisedFeatures(arrays, schedule)((_, index) => index, [1, 2], [1, 2], [0, 0], [4, 2]);
    expect(index).toEqual([9, 3]);
  });

  test("Eq 9 passes the student's gradient through noising and scaling: (1 - eta_t) / sqrt(kappa^2 eta_t + 1)", () => {
    const schedule = scheduleOf(superResolutionSchedule);
    const features = noisedFeatures(duals, schedule);
    const { tangent } = features((input) => input, varying([2], [1]), constant([1]), constant([1]), 6);
    const eta_6 = schedule.eta[6] ?? Number.NaN;
    expect(distance(tangent, [(1 - eta_6) / Math.sqrt(4 * eta_6 + 1)])).toBeLessThan(1e-15);
  });

  test("Eq 10 normalises, scales by 1 + gamma and shifts by beta, each of a channel's pixels alike", () => {
    const centred = (features: Numbers): Numbers => arrays.offset(features, -value(arrays.mean(features)));
    // Two pixels of two channels; centred: -3, -1, 1, 3.
    const modulated = modulateFeatures(arrays)(centred, [1, 3, 5, 7], [1, 0.5], [10, 20]);
    expect(modulated).toEqual([4, 18.5, 12, 24.5]);
  });

  test("Eq 10 with gamma = 0 and beta = 0 is the normalisation alone", () => {
    fc.assert(
      fc.property(numbers(6), (features) => {
        const plain = modulateFeatures(arrays)(arrays.square, features, [0, 0], [0, 0]);
        expect(distance(plain, arrays.square(features))).toBe(0);
      }),
    );
  });
});

describe("Eq 11 and Eq 12, hinge losses", () => {
  test("Eq 11 is minus the mean over all logits of all heads, whatever their sizes", () => {
    fc.assert(
      fc.property(logits, (student) => {
        const expected = -average(student, (x) => x);
        expect(distance(generatorHingeLoss(arrays)(headsOf(student)), [expected])).toBeLessThan(1e-14);
      }),
    );
  });

  test("Eq 12 is mean max(0, 1 + student) + mean max(0, 1 - real) over all logits of all heads", () => {
    fc.assert(
      fc.property(logits, logits, (student, real) => {
        const expected =
          average(student, (x) => Math.max(0, 1 + x)) + average(real, (x) => Math.max(0, 1 - x));
        const loss = discriminatorHingeLoss(arrays)(headsOf(student), headsOf(real));
        expect(distance(loss, [expected])).toBeLessThan(1e-14);
      }),
    );
  });

  test("Eq 12 at its landmarks: 2 if all logits are 0, 0 beyond both margins", () => {
    const loss = discriminatorHingeLoss(arrays);
    expect(loss(headsOf([[0, 0], [0]]), headsOf([[0], [0, 0]]))).toEqual([2]);
    expect(loss(headsOf([[-1, -5], [-2]]), headsOf([[1], [1.5, 9]]))).toEqual([0]);
    expect(loss(headsOf([[1]]), headsOf([[-1]]))).toEqual([4]);
  });

  test("counts may be any numbers in the heads' ratio, such as counts for one sample", () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 1, max: 9 }), (student, batch) => {
        const counted = student.map((list) => ({ logits: list, count: list.length / batch }));
        const whole = generatorHingeLoss(arrays)(headsOf(student));
        expect(distance(generatorHingeLoss(arrays)(counted), whole)).toBeLessThan(1e-14);
      }),
    );
  });

  test("a loss over no heads is refused", () => {
    expect(() => generatorHingeLoss(arrays)([])).toThrow(
      "heads is an empty list; allowed: at least one head",
    );
  });

  /** Further from the kinks at -1 and 1 than the step of the central differences. */
  const smooth = fc
    .array(between(-3, 3), { minLength: 5, maxLength: 5 })
    .filter((list) => list.every((x) => Math.abs(Math.abs(x) - 1) > 1e-3));

  const split = (list: Numbers): Heads => headsOf([list.slice(0, 2), list.slice(2)]);

  const slopes = (loss: (list: Numbers) => Numbers, at: Numbers): Numbers => {
    const h = 2 ** -12;
    return at.map((_, i) => {
      const moved = (by: number) => at.map((x, n) => (n === i ? x + by : x));
      return (value(loss(moved(h))) - value(loss(moved(-h)))) / (2 * h);
    });
  };

  // The losses are piecewise linear: central differences are exact except for rounding, 1e-16 / h.
  test("Eq 11's gradient is -1 / N for every logit, however large: it never saturates", () => {
    fc.assert(
      fc.property(smooth, (student) => {
        const found = slopes((list) => generatorHingeLoss(arrays)(split(list)), student);
        expect(
          distance(
            found,
            student.map(() => -1 / 5),
          ),
        ).toBeLessThan(1e-11);
      }),
    );
  });

  test("Eq 12's gradient is 1 / N for a student's logit above -1, -1 / N for a real one below 1, and 0 beyond the margin", () => {
    fc.assert(
      fc.property(smooth, smooth, (student, real) => {
        const loss = discriminatorHingeLoss(arrays);
        const toStudent = slopes((list) => loss(split(list), split(real)), student);
        const toReal = slopes((list) => loss(split(student), split(list)), real);
        expect(
          distance(
            toStudent,
            student.map((x) => (x > -1 ? 1 / 5 : 0)),
          ),
        ).toBeLessThan(1e-11);
        expect(
          distance(
            toReal,
            real.map((x) => (x < 1 ? -1 / 5 : 0)),
          ),
        ).toBeLessThan(1e-11);
      }),
    );
  });
});

describe("the plain GAN pair of the ablation", () => {
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

  test("is the cross entropy of the discriminator's probabilities; the generator's form does not saturate", () => {
    fc.assert(
      fc.property(logits, logits, (student, real) => {
        const generator = -average(student, (x) => Math.log(sigmoid(x)));
        const discriminator =
          -average(student, (x) => Math.log(1 - sigmoid(x))) - average(real, (x) => Math.log(sigmoid(x)));
        expect(distance(plainGeneratorLoss(arrays)(headsOf(student)), [generator])).toBeLessThan(1e-13);
        expect(
          distance(plainDiscriminatorLoss(arrays)(headsOf(student), headsOf(real)), [discriminator]),
        ).toBeLessThan(1e-13);
      }),
    );
  });

  test("does not overflow at logits of 1000, and at logits of 0 is ln 2 and 2 ln 2", () => {
    expect(plainGeneratorLoss(arrays)(headsOf([[-1000]]))).toEqual([1000]);
    expect(plainDiscriminatorLoss(arrays)(headsOf([[1000]]), headsOf([[-1000]]))).toEqual([2000]);
    expect(plainGeneratorLoss(arrays)(headsOf([[0], [0, 0]]))[0]).toBeCloseTo(Math.LN2, 15);
    expect(plainDiscriminatorLoss(arrays)(headsOf([[0]]), headsOf([[0]]))[0]).toBeCloseTo(2 * Math.LN2, 15);
  });
});
