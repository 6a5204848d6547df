/**
 * Running a network in little memory. A scope releases its tensors when it ends, so at the end of a network all its
 * intermediates would be alive. Therefore the network is first interpreted with an algebra that only notes where each
 * result is used last. Then the network is run, and each result is released right after its last use.
 */
import type { Algebra, Engine, Tensors } from "@tadsr/core";
import type { Layer } from "./layers.ts";
import type { ConditionedNetwork } from "./networks/network.ts";
import type { ParameterSpec } from "./parameters.ts";

/** For each operation, in the order of execution: the operations whose results are not needed after it. */
export type Lifetimes = readonly (readonly number[])[];

type Operation = (...operands: readonly unknown[]) => unknown;

/** An algebra that replaces every operation by `around(name)`. */
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
 * Any computation with the algebra that does the same operations on every input. `given` is called for each of its
 * weights and inputs. The returned tensor is kept.
 */
export type Computation = <T>(algebra: Algebra<T>, given: T) => T | readonly T[];

/** Where each result of a computation is used last. */
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

/** Where each result of the network is used last. A network runs the same operations on every input. */
export const lifetimesOf = (network: ConditionedNetwork): Lifetimes =>
  lifetimesOfComputation((algebra, given) =>
    network.run(algebra)(everyParameter(network.parameters, given), {
      input: given,
      condition: given,
      time: given,
    }),
  );

/** The same for a layer, or for a network that is a layer, such as an autoencoder's parts. */
export const lifetimesOfLayer = (layer: Layer): Lifetimes =>
  lifetimesOfComputation((algebra, given) =>
    layer.run(algebra, everyParameter(layer.parameters, given), given),
  );

/**
 * The engine's algebra for one run of the computation, which releases results as the lifetimes say. The temporary
 * tensors of an operation are released when it ends. At the end only the inputs and the kept result are alive.
 */
export const releasingAlgebra = <T>(engine: Engine<T>, lifetimes: Lifetimes): Algebra<T> => {
  const results: T[] = [];
  // An engine may return an operand as the result. Then it is released after the last use of both.
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
