/**
 * Running a network in little memory. A scope releases what was made in it when it ends; but then every
 * intermediate of a network is alive at its end. So the network is first interpreted with an algebra that
 * only notes which operation's result is used last where, and then run with each released at that moment.
 */
import type { Algebra, Engine } from "@tadsr/core";
import type { ConditionedNetwork } from "./networks/network.ts";

/** For each operation, in the order of execution: the operations whose results nothing needs after it. */
export type Lifetimes = readonly (readonly number[])[];

type Operation = (...operands: readonly unknown[]) => unknown;

/** An algebra whose operations all are `around(name)`. */
const algebraOf = <T>(around: (name: keyof Algebra<T>) => Operation): Algebra<T> =>
  new Proxy({} as Algebra<T>, {
    get: (_, name) => around(name as keyof Algebra<T>),
  });

/** The result of an operation, or (null) an input of the network. */
interface Result {
  readonly operation: number | null;
}

const isResult = (value: unknown): value is Result =>
  typeof value === "object" && value !== null && "operation" in value;

/** When each result of the network is used last. A network runs the same operations on every input. */
export const lifetimesOf = (network: ConditionedNetwork): Lifetimes => {
  const lastUse: number[] = [];
  const algebra = algebraOf<Result>(() => (...operands) => {
    const operation = lastUse.length;
    lastUse.push(operation);
    for (const operand of operands.flat())
      if (isResult(operand) && operand.operation !== null) lastUse[operand.operation] = operation;
    return { operation };
  });
  const given: Result = { operation: null };
  const weights = Object.fromEntries(network.parameters.map(({ name }) => [name, given]));
  const final = network.run(algebra)(weights, { input: given, condition: given, time: given });
  const ending: number[][] = lastUse.map(() => []);
  for (const [operation, last] of lastUse.entries())
    if (operation !== final.operation) ending[last]?.push(operation);
  return ending;
};

/**
 * The engine's algebra for one run of the network, releasing as the lifetimes say. What an operation makes
 * for itself is released when it ends. Every tensor but the network's inputs and its result is gone then.
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
