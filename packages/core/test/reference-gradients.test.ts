/**
 * What the reference's `differentiate` promises besides correct derivatives. The laws compare those with central
 * differences, in `test/laws.test.ts`.
 */
import { describe, expect, it } from "vitest";
import { referenceAlgebra as A, type ReferenceTensor, referenceEngine } from "../src/index.ts";

const vector = (...data: readonly number[]): ReferenceTensor => ({
  shape: [data.length],
  data: Float64Array.from(data),
});

const differentiate = (() => {
  if (referenceEngine.differentiate === null) throw new Error("the reference has no gradients");
  return referenceEngine.differentiate;
})();

/** The gradient of mean(f(a)) times the number of elements. */
const slopeOf = (a: ReferenceTensor, f: (a: ReferenceTensor) => ReferenceTensor): readonly number[] => {
  const { gradients } = differentiate({ a }, (p) => ({ loss: A.mean(f(p.a ?? a)), parts: {} }));
  return [...(gradients.a?.data ?? [])].map((x) => x * a.data.length);
};

describe("the reference's gradients", () => {
  it("are those of calculus", () => {
    const a = vector(0.5, 2, 4);
    expect(slopeOf(a, A.square)).toEqual([1, 4, 8]);
    expect(slopeOf(a, A.sqrt)).toEqual([1 / (2 * Math.sqrt(0.5)), 1 / (2 * Math.sqrt(2)), 0.25]);
    expect(slopeOf(a, (x) => A.divide(vector(1, 2, 4), x))).toEqual([-4, -0.5, -0.25]);
  });

  it("add up over every use of a tensor, in one operation and in several", () => {
    const a = vector(1, -2);
    expect(slopeOf(a, (x) => A.multiply(x, x))).toEqual([2, -4]);
    expect(slopeOf(a, (x) => A.add(A.scale(x, 3), A.multiply(A.square(x), x)))).toEqual([6, 15]);
  });

  it("are exact at kinks with a flat outer side: relu at 0, relu6 at 0 and 6", () => {
    expect(slopeOf(vector(-1, 0, 3), A.relu)).toEqual([0, 0, 1]);
    expect(slopeOf(vector(0, 3, 6), A.relu6)).toEqual([0, 1, 0]);
  });

  it("do not pass stopGradient, and are zero for what the objective ignores", () => {
    expect(slopeOf(vector(3), (x) => A.multiply(x, A.stopGradient(x)))).toEqual([3]);
    const { loss, gradients } = differentiate({ a: vector(1, 2), b: vector(5) }, (p) => ({
      loss: A.mean(p.b ?? vector()),
      parts: {},
    }));
    expect(loss.data).toEqual(Float64Array.of(5));
    expect(gradients.a).toEqual(vector(0, 0));
    expect(gradients.b).toEqual(vector(1));
  });

  it("of a loss that is no function of the parameters are zero", () => {
    const found = differentiate({ a: vector(1) }, () => ({ loss: A.mean(vector(7)), parts: {} }));
    expect(found.gradients.a).toEqual(vector(0));
  });
});

describe("a differentiation of the reference", () => {
  it("asks for a scalar", () => {
    const a = vector(1, 2);
    expect(() => differentiate({ a }, () => ({ loss: a, parts: {} }))).toThrow(
      "differentiate: found a loss [2], expected a scalar",
    );
  });

  it("refuses another within its objective", () => {
    const nested = (): unknown =>
      differentiate({ a: vector(1) }, () => ({
        loss: differentiate({ b: vector(1) }, (p) => ({ loss: A.mean(p.b ?? vector()), parts: {} })).loss,
        parts: {},
      }));
    expect(nested).toThrow("expected one after the other");
  });

  it("does not disturb the next one, even if its objective throws", () => {
    const failing = (): unknown =>
      differentiate({ a: vector(1) }, () => {
        throw new Error("from the objective");
      });
    expect(failing).toThrow("from the objective");
    expect(slopeOf(vector(3), A.square)).toEqual([6]);
    expect(slopeOf(vector(3), A.square)).toEqual([6]);
  });
});
