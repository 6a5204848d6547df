import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { faceRestorationWeights, studentObjective, superResolutionWeights } from "../src/index.ts";
import { between } from "./arbitraries.ts";
import { arrays, distance } from "./arrays.ts";
import { duals, varying } from "./dual.ts";

describe("Eq 13, the student's objective", () => {
  test("Eq 13 is L_distill + lambda_1 L_hsd + lambda_2 L_adv, with the three losses as its parts", () => {
    fc.assert(
      fc.property(
        fc.array(between(-3, 3), { minLength: 3, maxLength: 3 }),
        between(0, 2),
        between(0, 2),
        ([a = 0, b = 0, c = 0], lambda_1, lambda_2) => {
          const losses = { distillation: [a], scoreDistillation: [b], adversarial: [c] };
          const { loss, parts } = studentObjective(arrays, { lambda_1, lambda_2 })(losses);
          expect(distance(loss, [a + lambda_1 * b + lambda_2 * c])).toBeLessThan(1e-15);
          expect(parts).toEqual(losses);
        },
      ),
    );
  });

  test("Eq 13 without a discriminator is its first two terms", () => {
    const losses = { distillation: [2], scoreDistillation: [3] };
    expect(studentObjective(arrays, { lambda_1: 0.5, lambda_2: 7 })(losses)).toEqual({
      loss: [3.5],
      parts: losses,
    });
  });

  test("Eq 13 passes each loss's gradient times its weight", () => {
    const { loss } = studentObjective(
      duals,
      superResolutionWeights,
    )({
      distillation: varying([1], [10]),
      scoreDistillation: varying([1], [100]),
      adversarial: varying([1], [1000]),
    });
    expect(distance(loss.tangent, [10 + 100 + 20])).toBeLessThan(1e-15);
  });

  test("Eq 13's weights are the paper's: 1 and 0.02 for super-resolution, 0.1 and 0.2 for faces", () => {
    expect(superResolutionWeights).toEqual({ lambda_1: 1, lambda_2: 0.02 });
    expect(faceRestorationWeights).toEqual({ lambda_1: 0.1, lambda_2: 0.2 });
  });
});
