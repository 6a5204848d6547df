/** Gradients, for engines that have them: against central differences on the reference interpreter. */
import type {
  Algebra,
  Differentiate,
  Differentiated,
  Engine,
  NdArray,
  Objective,
  Tensors,
} from "@tadsr/core";
import * as fc from "fast-check";
import { identical } from "../equality.ts";
import { onReference, type Program, sizeOf } from "../evaluate.ts";
import {
  anything,
  awayFromZero,
  count,
  type Input,
  imageShapes,
  input,
  inputFrom,
  tensorOf,
} from "../inputs.ts";
import { check, every, type Law, type LawOf, law, type Operation, type Verdict } from "../law.ts";
import { operations, smoothUse, type Use } from "../operations.ts";

/** A scalar made of named parameters. */
type Loss = <T>(algebra: Algebra<T>, parameters: Tensors<T>, constants: readonly T[]) => Objective<T>;

interface Gradients {
  readonly loss: NdArray;
  readonly parts: Readonly<Record<string, NdArray>>;
  readonly gradients: Readonly<Record<string, NdArray>>;
}

const downloadAll = async <T>(
  engine: Engine<T>,
  tensors: Tensors<T>,
  kindOf: (name: string) => Input["kind"],
): Promise<Readonly<Record<string, NdArray>>> => {
  const arrays: Record<string, NdArray> = {};
  for (const [name, tensor] of Object.entries(tensors))
    arrays[name] = await engine.download(kindOf(name), tensor);
  return arrays;
};

/** The engine's own gradients, brought back; leaves nothing alive. */
const gradientsOf = async <T>(
  engine: Engine<T>,
  differentiate: Differentiate<T>,
  parameters: Readonly<Record<string, Input>>,
  constants: readonly Input[],
  loss: Loss,
): Promise<Gradients> => {
  const uploaded: Tensors<T> = Object.fromEntries(
    Object.entries(parameters).map(([name, array]) => [name, engine.upload(array.kind, array)]),
  );
  const fixed = constants.map((array) => engine.upload(array.kind, array));
  const result: Differentiated<T> = engine.scope(() =>
    differentiate(uploaded, (tensors) => loss(engine.algebra, tensors, fixed)),
  );
  const brought: Gradients = {
    loss: await engine.download("scalar", result.loss),
    parts: await downloadAll(engine, result.parts, () => "scalar"),
    gradients: await downloadAll(engine, result.gradients, (name) => parameters[name]?.kind ?? "scalar"),
  };
  engine.release(
    new Set([
      result.loss,
      ...Object.values(result.parts),
      ...Object.values(result.gradients),
      ...Object.values(uploaded),
      ...fixed,
    ]),
  );
  return brought;
};

type GradientLaw<I> = Omit<LawOf<I>, "holds" | "needs"> & {
  readonly holds: <T>(
    engine: Engine<T>,
    differentiate: Differentiate<T>,
    equal: Parameters<LawOf<I>["holds"]>[1],
    inputs: I,
  ) => Promise<Verdict>;
};

const gradientLaw = <I>({ holds, ...rest }: GradientLaw<I>): Law =>
  law<I>({
    ...rest,
    needs: "gradients",
    holds: async (engine, equal, inputs) =>
      engine.differentiate === null
        ? "the engine has no gradients: differentiate is null"
        : holds(engine, engine.differentiate, equal, inputs),
  });

/** The weighted sum of an operation's result: each element of it counts differently. */
const weightedSum =
  (program: Program, elements: number): Program =>
  (A, weight, ...tensors) =>
    A.scale(A.mean(A.multiply(program(A, ...tensors), weight)), elements);

const STEP = 1e-3;

/** Central differences of fourth order: (8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12 h. */
const centralDifferences = (tensors: readonly Input[], which: number, program: Program): Input => {
  const parameter = tensors[which] as Input;
  const moved = (element: number, by: number): number => {
    const data = parameter.data.slice();
    data[element] = (data[element] as number) + by;
    const point = tensors.map((tensor, i) => (i === which ? { ...parameter, data } : tensor));
    return onReference(point, program).data[0] as number;
  };
  const difference = (element: number, by: number): number => moved(element, by) - moved(element, -by);
  return inputFrom(
    parameter.kind,
    parameter.shape,
    (element) => (8 * difference(element, STEP) - difference(element, 2 * STEP)) / (12 * STEP),
  );
};

/** The float64 differences themselves are good to this, relative to the size of the terms. */
const DIFFERENCES_EPSILON = 1e-10;

const nameOf = (index: number): string => `p${index}`;

const named = (tensors: readonly Input[]): Readonly<Record<string, Input>> =>
  Object.fromEntries(tensors.map((tensor, i) => [nameOf(i), tensor]));

const inOrder = <T>(parameters: Tensors<T>): T[] =>
  Object.keys(parameters)
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
    .map((name) => parameters[name] as T);

/** The gradient of every parameter against central differences. */
const agrees = async <T>(
  engine: Engine<T>,
  differentiate: Differentiate<T>,
  equal: Parameters<Law["holds"]>[1],
  { tensors, program, weight }: Omit<Use, "kind"> & { readonly weight: Input },
): Promise<Verdict> => {
  const sum = weightedSum(program, count(weight.shape));
  const { gradients } = await gradientsOf(engine, differentiate, named(tensors), [weight], (A, p, c) => ({
    loss: sum(A, ...c, ...inOrder(p)),
    parts: {},
  }));
  const all = [weight, ...tensors];
  const size = sizeOf(all, sum) * Math.max(1, DIFFERENCES_EPSILON / engine.epsilon);
  return every(
    tensors.map((_, i) => {
      const found = gradients[nameOf(i)];
      const verdict =
        found === undefined ? "is missing" : equal(found, centralDifferences(all, i + 1, sum), size);
      return verdict === true ? true : `gradient of operand ${i + 1}: ${verdict}`;
    }),
  );
};

const ofOperation = (operation: Operation): Law =>
  gradientLaw({
    name: `gradient agrees with central differences: ${operation}`,
    statement: `d sum(w ${operation}(...)) / d operand, for every operand, where it is differentiable`,
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

const two = imageShapes(3).chain((shape) => fc.tuple(tensorOf("image", shape), tensorOf("image", shape)));

const zerosLike = ({ kind, shape }: Input): Input => inputFrom(kind, shape, () => 0);

/** The gradient of one parameter or a reason why there is none. */
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
    name: "gradient of an ignored parameter is zeros of its shape",
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
    name: "differentiate leaves nothing but its result",
    statement:
      "in a scope, after the release of loss, parts and gradients, as many tensors are alive as before",
    operations: ["add", "conv2d", "modulate", "channelNorm", "silu"],
    cost: 4,
    inputs: blocks,
    holds: async (engine, differentiate, _equal, { tensors, weight }) => {
      const sum = weightedSum(block, count(weight.shape));
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
  ...operations.filter((operation) => operation !== "stopGradient").map(ofOperation),
  ...ofDifferentiate,
];
