/**
 * An engine's gradients of an expression, and the same gradients by central differences on the reference interpreter.
 */
import {
  type Algebra,
  type Differentiate,
  type Differentiated,
  type Engine,
  elements,
  type NdArray,
  type Objective,
  type Tensors,
} from "@tadsr/core";
import { onReference, type Program, sizeOf } from "./evaluate.ts";
import { type Input, inputFrom } from "./inputs.ts";
import { type Equal, every, type Law, type LawOf, law, type Verdict } from "./law.ts";
import type { Use } from "./use.ts";

/** A scalar made of named parameters. */
type Loss = <T>(algebra: Algebra<T>, parameters: Tensors<T>, constants: readonly T[]) => Objective<T>;

export interface Gradients {
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

/** The engine's own gradients, downloaded. Leaves no tensor alive. */
export const gradientsOf = async <T>(
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
    equal: Equal,
    inputs: I,
  ) => Promise<Verdict>;
};

export const gradientLaw = <I>({ holds, ...rest }: GradientLaw<I>): Law =>
  law<I>({
    ...rest,
    needs: "gradients",
    holds: async (engine, equal, inputs) =>
      engine.differentiate === null
        ? "the engine has no gradients: differentiate is null"
        : holds(engine, engine.differentiate, equal, inputs),
  });

/** The weighted sum of an operation's result, with a different weight for each element. */
export const weightedSum =
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

/** The error of the float64 differences themselves, relative to the size of the terms. */
const DIFFERENCES_EPSILON = 1e-10;

export const nameOf = (index: number): string => `p${index}`;

export const named = (tensors: readonly Input[]): Readonly<Record<string, Input>> =>
  Object.fromEntries(tensors.map((tensor, i) => [nameOf(i), tensor]));

export const inOrder = <T>(parameters: Tensors<T>): T[] =>
  Object.keys(parameters)
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
    .map((name) => parameters[name] as T);

/** Compares the gradient of every parameter with central differences. */
export const agrees = async <T>(
  engine: Engine<T>,
  differentiate: Differentiate<T>,
  equal: Equal,
  { tensors, constants = [], program, weight }: Omit<Use, "kind"> & { readonly weight: Input },
): Promise<Verdict> => {
  const sum = weightedSum(program, elements(weight.shape));
  const { gradients } = await gradientsOf(
    engine,
    differentiate,
    named(tensors),
    [weight, ...constants],
    (A, p, c) => ({
      loss: sum(A, ...c.slice(0, 1), ...inOrder(p), ...c.slice(1)),
      parts: {},
    }),
  );
  const all = [weight, ...tensors, ...constants];
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
