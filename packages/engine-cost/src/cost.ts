/**
 * What a program of the algebra costs at a size. The program runs with an algebra whose tensors are shapes, so this
 * takes almost no time, and wrong shapes are found before any work.
 */
import { type Algebra, elements, type Tensors } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { type Outcome, rules } from "./rules.ts";
import type { Shape, ShapeMismatch } from "./shape.ts";
import { type CostTensor, isThrownMismatch } from "./tensor.ts";

/** A function of named weights and named inputs: a network, or a part of one. */
export interface Program<Name extends string> {
  readonly parameters: readonly { readonly name: string; readonly shape: Shape }[];
  run<T>(algebra: Algebra<T>): (weights: Tensors<T>, inputs: Readonly<Record<Name, T>>) => T | readonly T[];
}

export interface CostOptions {
  /** 4 for float32. */
  readonly bytesPerElement?: number;
}

/** How often an operation ran, and what all its runs cost. */
export interface OperationCost {
  readonly calls: number;
  readonly flops: number;
}

export interface Cost {
  /** Numbers in all parameters. */
  readonly parameters: number;
  readonly parameterBytes: number;
  readonly flops: number;
  /** The operations that ran, the costliest first. */
  readonly byOperation: Readonly<Partial<Record<keyof Algebra<unknown>, OperationCost>>>;
  /**
   * The most memory that results take at once, if each is released after its last use and the program's own results are
   * never released. Inputs, parameters and memory inside operations are not included.
   */
  readonly peakBytes: number;
  /** As `peakBytes`, plus the scores that attention holds while it runs. An engine may hold fewer at a time. */
  readonly peakBytesWithScores: number;
  /** Shapes of the program's results. */
  readonly results: readonly Shape[];
}

interface Step {
  readonly operation: keyof Algebra<unknown>;
  readonly outcome: Outcome;
  /** The numbers of the operations whose results it takes. */
  readonly operands: readonly number[];
}

const isTensor = (value: unknown): value is CostTensor =>
  typeof value === "object" && value !== null && "source" in value;

type AnyRule = (...operands: readonly unknown[]) => Outcome;

/** The algebra that checks and records every operation. */
const recordingAlgebra = (steps: Step[]): Algebra<CostTensor> =>
  Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [
      name,
      (...operands: readonly unknown[]): CostTensor => {
        const outcome = (rule as AnyRule)(...operands);
        const given = operands.flat().filter(isTensor);
        const step: Step = {
          operation: name as keyof Algebra<unknown>,
          outcome,
          operands: given.flatMap(({ source }) => (typeof source === "number" ? [source] : [])),
        };
        return { shape: outcome.shape, source: steps.push(step) - 1, maker: name };
      },
    ]),
  ) as unknown as Algebra<CostTensor>;

/** The most elements alive at once, without and with those that operations hold inside. */
const peaks = (steps: readonly Step[], results: readonly CostTensor[]): readonly [number, number] => {
  const lastUse = steps.map((_, step) => step);
  for (const [step, { operands }] of steps.entries()) for (const operand of operands) lastUse[operand] = step;
  for (const { source } of results)
    if (typeof source === "number") lastUse[source] = Number.POSITIVE_INFINITY;
  const ending: number[][] = steps.map(() => []);
  for (const [step, last] of lastUse.entries()) ending[last]?.push(step);
  const sizes = steps.map(({ outcome }) => elements(outcome.shape));
  let [alive, peak, peakWithScores] = [0, 0, 0];
  for (const [step, { outcome }] of steps.entries()) {
    alive += sizes[step] ?? 0;
    peak = Math.max(peak, alive);
    peakWithScores = Math.max(peakWithScores, alive + (outcome.scores ?? 0));
    for (const ended of ending[step] ?? []) alive -= sizes[ended] ?? 0;
  }
  return [peak, peakWithScores];
};

const byOperation = (steps: readonly Step[]): Cost["byOperation"] => {
  const costs = new Map<string, OperationCost>();
  for (const { operation, outcome } of steps) {
    const { calls, flops } = costs.get(operation) ?? { calls: 0, flops: 0 };
    costs.set(operation, { calls: calls + 1, flops: flops + outcome.flops });
  }
  return Object.fromEntries([...costs].sort(([, a], [, b]) => b.flops - a.flops));
};

const given = (name: string, shape: Shape): CostTensor => ({ shape, source: name, maker: name });

const interpret = <Name extends string>(
  program: Program<Name>,
  inputs: Readonly<Record<Name, Shape>>,
): { readonly steps: readonly Step[]; readonly results: readonly CostTensor[] } => {
  const steps: Step[] = [];
  const weights = Object.fromEntries(program.parameters.map(({ name, shape }) => [name, given(name, shape)]));
  const named = Object.fromEntries(
    Object.entries<Shape>(inputs).map(([name, shape]) => [name, given(name, shape)]),
  ) as Readonly<Record<Name, CostTensor>>;
  const result = program.run(recordingAlgebra(steps))(weights, named);
  return { steps, results: isTensor(result) ? [result] : result };
};

/**
 * What the program costs on inputs of these shapes (images [n, h, w, c]), or the first operation whose operands do not
 * fit.
 */
export const costOf = <Name extends string>(
  program: Program<Name>,
  inputs: Readonly<Record<Name, Shape>>,
  { bytesPerElement = 4 }: CostOptions = {},
): E.Either<ShapeMismatch, Cost> => {
  try {
    const { steps, results } = interpret(program, inputs);
    const parameters = program.parameters.reduce((sum, { shape }) => sum + elements(shape), 0);
    const [peak, peakWithScores] = peaks(steps, results);
    return E.right({
      parameters,
      parameterBytes: parameters * bytesPerElement,
      flops: steps.reduce((sum, { outcome }) => sum + outcome.flops, 0),
      byOperation: byOperation(steps),
      peakBytes: peak * bytesPerElement,
      peakBytesWithScores: peakWithScores * bytesPerElement,
      results: results.map(({ shape }) => shape),
    });
  } catch (thrown) {
    if (isThrownMismatch(thrown)) return E.left(thrown.mismatch);
    throw thrown;
  }
};
