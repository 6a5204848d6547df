/**
 * Running a network in little memory. A scope releases what was made in it when it ends; but then every
 * intermediate of a network is alive at its end. So the network is first interpreted with an algebra that
 * only notes which operation's result is used last where, and then run with each released at that moment.
 */
import type { Algebra, Engine, Tensors } from "@tadsr/core";
import type { Layer } from "./layers.ts";
import type { ConditionedNetwork } from "./networks/network.ts";
import type { ParameterSpec } from "./parameters.ts";

/** For each operation, in the order of execution: the operations whose results nothing needs after it. */
export type Lifetimes = readonly (readonly number[])[];

type Operation = (...operands: readonly unknown[]) => unknown;

/** An algebra whose operations all are `around(name)`. */
const algebraOf = <T>(around: (name: keyof Algebra<T>) => Operation): Algebra<T> =>
  new Proxy({} as Algebra<T>, {
    get: (_, name) => around(name as keyof Algebra<T>),
  });

/** The result of an operation, or (null) an input of the computation. */
interface Result {
  readonly operation: number | null;
}

const isResult = (value: unknown): value is Result =>
  typeof value === "object" && value !== null && "operation" in value;

/**
 * Any computation with the algebra that does the same operations on every input. `given` stands for each of
 * its weights and inputs; what it returns is kept.
 */
export type Computation = <T>(algebra: Algebra<T>, given: T) => T | readonly T[];

/** When each result of a computation is used last. */
export const lifetimesOfComputation = (compute: Computation): Lifetimes => {
  const lastUse: number[] = [];
  const algebra = algebraOf<Result>(() => (...operands) => {
    const operation = lastUse.length;
    lastUse.push(operation);
    for (const operand of operands.flat())
      if (isResult(operand) && operand.operation !== null) lastUse[operand.operation] = operation;
    return { operation };
  });
  const kept = new Set([compute(algebra, { operation: null })].flat().map(({ operation }) => operation));
  const ending: number[][] = lastUse.map(() => []);
  for (const [operation, last] of lastUse.entries()) if (!kept.has(operation)) ending[last]?.push(operation);
  return ending;
};

/** The same tensor under every parameter's name. */
const everyParameter = <T>(parameters: readonly Pick<ParameterSpec, "name">[], given: T): Tensors<T> =>
  Object.fromEntries(parameters.map(({ name }) => [name, given]));

/** When each result of the network is used last. A network runs the same operations on every input. */
export const lifetimesOf = (network: ConditionedNetwork): Lifetimes =>
  lifetimesOfComputation((algebra, given) =>
    network.run(algebra)(everyParameter(network.parameters, given), {
      input: given,
      condition: given,
      time: given,
    }),
  );

/** The same for a layer, or a network that is one, as an autoencoder's parts are. */
export const lifetimesOfLayer = (layer: Layer): Lifetimes =>
  lifetimesOfComputation((algebra, given) =>
    layer.run(algebra, everyParameter(layer.parameters, given), given),
  );

/**
 * The engine's algebra for one run of the computation, releasing as the lifetimes say. What an operation
 * makes for itself is released when it ends. Every tensor but the inputs and what is kept is gone then.
 */
export const releasingAlgebra = <T>(engine: Engine<T>, lifetimes: Lifetimes): Algebra<T> => {
  const results: T[] = [];
  // An engine may hand an operand back as the result: it is released with the last that shares it.
  const sharers = new Map<unknown, number>();
  const letGo = (operation: number): void => {
    const tensor = results[operation] as T;
    const left = sharers.get(tensor);
    if (left === undefined) return;
    if (left > 1) sharers.set(tensor, left - 1);
    else {
      sharers.delete(tensor);
      engine.release([tensor]);
    }
  };
  return algebraOf<T>((name) => (...operands) => {
    const result = engine.scope(() => (engine.algebra[name] as Operation)(...operands)) as T;
    const operation = results.push(result) - 1;
    const isInput = !sharers.has(result) && operands.flat().includes(result);
    if (!isInput) sharers.set(result, (sharers.get(result) ?? 0) + 1);
    lifetimes[operation]?.forEach(letGo);
    return result;
  });
};
