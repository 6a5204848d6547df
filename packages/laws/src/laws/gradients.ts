/**
 * Gradients, for engines that have them: they agree with central differences, and `differentiate` returns all it
 * should.
 */
import { elements, type NdArray } from "@tadsr/core";
import * as fc from "fast-check";
import { identical } from "../equality.ts";
import { onReference, type Program, sizeOf } from "../evaluate.ts";
import {
  agrees,
  type Gradients,
  gradientLaw,
  gradientsOf,
  inOrder,
  named,
  nameOf,
  weightedSum,
} from "../gradient.ts";
import { anything, awayFromZero, type Input, imageShapes, input, tensorOf, zerosLike } from "../inputs.ts";
import { check, every, type Law, type Operation, type Verdict } from "../law.ts";
import { operations, smoothUse } from "../operations.ts";
import { operandsOf, type Use } from "../use.ts";

const ofOperation = (operation: Operation): Law =>
  gradientLaw({
    name: `gradient agrees with central differences: ${operation}`,
    statement: `d sum(w ${operation}(...)) / d operand, for every operand, at points where it is differentiable`,
    operations: [operation],
    cost: 2,
    inputs: smoothUse(operation),
    holds: (engine, differentiate, equal, use) => agrees(engine, differentiate, equal, use),
  });

const padding = { top: 1, bottom: 1, left: 1, right: 1 };

/** A residual block with a skip, in which parameters are used twice and results are shared. */
const block: Program = (A, image, weight, bias, gamma) => {
  const norm = A.modulate(A.channelNorm(image, 0.125), gamma, gamma);
  const inner = A.conv2d(A.silu(norm), weight, bias, { stride: 1, padding });
  const outer = A.conv2d(A.silu(inner), weight, bias, { stride: 1, padding });
  return A.add(image, outer);
};

const blocks = imageShapes(3).chain(([n, h, w, c]) =>
  fc.record({
    tensors: fc.tuple(
      tensorOf("image", [n, h, w, c], awayFromZero),
      tensorOf("convolution", [c, c, 3, 3], anything).map((x) => ({ ...x, data: x.data.map((v) => v / 8) })),
      tensorOf("vector", [c]),
      tensorOf("matrix", [n, c]),
    ),
    weight: tensorOf("image", [n, h, w, c]),
  }),
);

/** Operations that pass no gradient. */
const stopped: readonly Operation[] = ["stopGradient", "nearestIndices", "leftSingular", "rightSingular"];

/**
 * No gradient reaches the operands of a use that `stoppedAt` returns, even if one reaches others. The objective also
 * has the mean squares of these operands, so the test sees that gradients pass by other ways.
 */
const nothingPasses = (operation: Operation, name: string, stoppedAt: (use: Use) => readonly Input[]): Law =>
  gradientLaw({
    name,
    statement: `d (sum(w ${operation}(...)) + mean(a^2)) = 2 a / n for each operand a that gets no gradient`,
    operations: [operation, "add", "mean", "square"],
    cost: 2,
    inputs: smoothUse(operation),
    holds: async (engine, differentiate, equal, { weight, ...use }) => {
      const operands = operandsOf(use);
      const sum = weightedSum(use.program, elements(weight.shape));
      const found = await gradientsOf(engine, differentiate, named(operands), [weight], (A, p, c) => ({
        loss: inOrder(p).reduce(
          (loss, operand) => A.add(loss, A.mean(A.square(operand))),
          sum(A, ...c, ...inOrder(p)),
        ),
        parts: {},
      }));
      return every(
        stoppedAt(use).map((operand) =>
          compare(found, nameOf(operands.indexOf(operand)), (gradient) => {
            const expected = { ...operand, data: operand.data.map((x) => (2 * x) / operand.data.length) };
            return equal(gradient, expected, 16);
          }),
        ),
      );
    },
  });

const withoutGradient: readonly Law[] = [
  nothingPasses("nearestIndices", "no gradient passes through nearestIndices", ({ tensors }) => tensors),
  nothingPasses("leftSingular", "no gradient passes through leftSingular", ({ tensors }) => tensors),
  nothingPasses("rightSingular", "no gradient passes through rightSingular", ({ tensors }) => tensors),
  nothingPasses(
    "takeRows",
    "no gradient passes into the indices of takeRows",
    ({ constants = [] }) => constants,
  ),
  nothingPasses(
    "spectralNormalize",
    "no gradient passes into the vectors of spectralNormalize",
    ({ constants = [] }) => constants,
  ),
];

const two = imageShapes(3).chain((shape) => fc.tuple(tensorOf("image", shape), tensorOf("image", shape)));

/** Compares the gradient of one parameter, or says that it is missing. */
const compare = ({ gradients }: Gradients, name: string, against: (found: NdArray) => Verdict): Verdict => {
  const found = gradients[name];
  return found === undefined ? `the gradient of ${name} is missing` : against(found);
};

const ofDifferentiate: readonly Law[] = [
  gradientLaw({
    name: "gradient agrees with central differences: a residual block",
    statement: "d sum(w block(image, weight, bias, gamma)), parameters and results used more than once",
    operations: ["add", "conv2d", "modulate", "channelNorm", "silu"],
    factor: 64,
    cost: 4,
    inputs: blocks,
    holds: (engine, differentiate, equal, { tensors, weight }) =>
      agrees(engine, differentiate, equal, { tensors, weight, program: block }),
  }),
  gradientLaw({
    name: "gradient of stopGradient is zero",
    statement: "d mean(stopGradient(a) a) = stopGradient(a) / n, d mean(stopGradient(a)^2) = 0",
    operations: ["stopGradient", "mean", "multiply", "square"],
    inputs: two,
    holds: async (engine, differentiate, equal, [a]) => {
      const through = await gradientsOf(engine, differentiate, { a }, [], (A, { a: x }) => {
        const tensor = x as NonNullable<typeof x>;
        return { loss: A.mean(A.multiply(A.stopGradient(tensor), tensor)), parts: {} };
      });
      const stopped = await gradientsOf(engine, differentiate, { a }, [], (A, { a: x }) => {
        const tensor = x as NonNullable<typeof x>;
        return { loss: A.mean(A.square(A.stopGradient(tensor))), parts: {} };
      });
      const half = { ...a, data: a.data.map((x) => x / a.data.length) };
      return every([
        compare(through, "a", (found) => equal(found, half, 4)),
        compare(stopped, "a", (found) => identical(found, zerosLike(a), 0)),
      ]);
    },
  }),
  gradientLaw({
    name: "gradient of a sum is the sum of gradients",
    statement: "d (f + g) = d f + d g for f = mean(a^2 b), g = mean(|a| + b)",
    operations: ["add", "mean", "multiply", "square", "abs"],
    inputs: two,
    holds: async (engine, differentiate, equal, [a, b]) => {
      const f: Program = (A, x, y) => A.mean(A.multiply(A.square(x), y));
      const g: Program = (A, x, y) => A.mean(A.add(A.abs(x), y));
      const gradients = (program: Program): Promise<Gradients> =>
        gradientsOf(engine, differentiate, named([a, b]), [], (A, p) => ({
          loss: program(A, ...inOrder(p)),
          parts: {},
        }));
      const both = await gradients((A, ...p) => A.add(f(A, ...p), g(A, ...p)));
      const [ofF, ofG] = [await gradients(f), await gradients(g)];
      return every(
        [a, b].map((array, i) =>
          compare(both, nameOf(i), (found) => {
            const sum = array.data.map(
              (_, k) => (ofF.gradients[nameOf(i)]?.data[k] ?? 0) + (ofG.gradients[nameOf(i)]?.data[k] ?? 0),
            );
            return equal(found, { shape: array.shape, data: sum }, sizeOf([a, b], f, g));
          }),
        ),
      );
    },
  }),
  gradientLaw({
    name: "gradient of an unused parameter is zeros of its shape",
    statement: "a parameter that the objective does not use has a gradient of zeros, in its own layout",
    operations: ["mean", "square"],
    inputs: fc.tuple(
      imageShapes(3).chain((shape) => tensorOf("image", shape)),
      tensorOf("convolution", [4, 3, 2, 1]),
      tensorOf("vector", [5]),
    ),
    holds: async (engine, differentiate, equal, [a, weight, bias]) => {
      const found = await gradientsOf(engine, differentiate, { a, weight, bias }, [], (A, { a: x }) => ({
        loss: A.mean(A.square(x as NonNullable<typeof x>)),
        parts: {},
      }));
      const twice = { ...a, data: a.data.map((x) => (2 * x) / a.data.length) };
      return every([
        check(
          Object.keys(found.gradients).sort().join() === "a,bias,weight",
          () => `gradients are of ${Object.keys(found.gradients).join()}, expected a,weight,bias`,
        ),
        compare(found, "weight", (x) => identical(x, zerosLike(weight), 0)),
        compare(found, "bias", (x) => identical(x, zerosLike(bias), 0)),
        compare(found, "a", (x) => equal(x, twice, 8)),
      ]);
    },
  }),
  gradientLaw({
    name: "differentiate returns the loss and its parts",
    statement: "the loss and every part, by its name, have the values the objective gave them",
    operations: ["mean", "square", "abs", "add"],
    inputs: two,
    holds: async (engine, differentiate, equal, [a, b]) => {
      const f: Program = (A, x) => A.mean(A.square(x));
      const g: Program = (A, _x, y) => A.mean(A.abs(y));
      const sum: Program = (A, x, y) => A.add(f(A, x, y), g(A, x, y));
      const { loss, parts } = await gradientsOf(engine, differentiate, named([a, b]), [], (A, p) => {
        const [first, second] = [f(A, ...inOrder(p)), g(A, ...inOrder(p))];
        return { loss: A.add(first, second), parts: { first, second } };
      });
      const size = sizeOf([a, b], sum);
      const part = (name: string, program: Program): Verdict => {
        const found = parts[name];
        return found === undefined
          ? `the part ${name} is missing`
          : equal(found, input("scalar", [], onReference([a, b], program).data), size);
      };
      return every([
        equal(loss, input("scalar", [], onReference([a, b], sum).data), size),
        part("first", f),
        part("second", g),
        check(Object.keys(parts).length === 2, () => `parts are ${Object.keys(parts).join()}`),
      ]);
    },
  }),
  gradientLaw({
    name: "differentiate leaves only its result alive",
    statement:
      "in a scope, after the release of loss, parts and gradients, as many tensors are alive as before",
    operations: ["add", "conv2d", "modulate", "channelNorm", "silu"],
    cost: 4,
    inputs: blocks,
    holds: async (engine, differentiate, _equal, { tensors, weight }) => {
      const sum = weightedSum(block, elements(weight.shape));
      const work = (): Promise<Gradients> =>
        gradientsOf(engine, differentiate, named(tensors), [weight], (A, p, c) => {
          const loss = sum(A, ...c, ...inOrder(p));
          return { loss, parts: { loss } };
        });
      await work();
      const before = engine.liveTensors();
      await work();
      const after = engine.liveTensors();
      return check(
        after === before,
        () => `${after} tensors alive after the second time, ${before} after the first`,
      );
    },
  }),
  gradientLaw({
    name: "differentiate does not change the parameters",
    statement: "after it the parameters hold the values they held before",
    operations: ["mean", "square"],
    inputs: two,
    holds: async (engine, differentiate, _equal, [a]) => {
      const tensor = engine.upload("image", a);
      const result = engine.scope(() =>
        differentiate({ a: tensor }, ({ a: x }) => ({
          loss: engine.algebra.mean(engine.algebra.square(x as NonNullable<typeof x>)),
          parts: {},
        })),
      );
      const found = await engine.download("image", tensor);
      engine.release(new Set([tensor, result.loss, ...Object.values(result.gradients)]));
      return every([identical(found, a, 0)]);
    },
  }),
];

export const gradientLaws: readonly Law[] = [
  ...operations.filter((operation) => !stopped.includes(operation)).map(ofOperation),
  ...withoutGradient,
  ...ofDifferentiate,
];
