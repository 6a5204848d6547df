/** What a law is: a named predicate over an engine, an equality and inputs. It needs no test framework. */
import type { Algebra, Engine, NdArray } from "@tadsr/core";
import type * as fc from "fast-check";

/** The name of an operation of the algebra. */
export type Operation = keyof Algebra<unknown>;

/** `true`, or a text with numbers that says what is wrong. */
export type Verdict = true | string;

/**
 * Compares a result with what a law expects. `size` is the magnitude of the largest term of either. Rounding errors are
 * proportional to it.
 */
export type Equal = (found: NdArray, expected: NdArray, size: number) => Verdict;

/** What an engine must have for a law to apply. */
export type Needs = "nothing" | "gradients" | "joining";

export interface Law {
  readonly name: string;
  /** The law as a formula or a sentence. */
  readonly statement: string;
  /** The operations that it tests; empty for laws about the engine itself. */
  readonly operations: readonly Operation[];
  readonly needs: Needs;
  /** The tolerance is the engine's epsilon times this factor times the size of the terms. */
  readonly factor: number;
  /** The number of runs is divided by this: above 1 if a run is slow, below 1 if a law needs more runs. */
  readonly cost: number;
  /** Random inputs of the shape that `holds` takes. */
  readonly inputs: fc.Arbitrary<unknown>;
  readonly holds: <T>(engine: Engine<T>, equal: Equal, inputs: unknown) => Promise<Verdict>;
}

/** A law before the type of its inputs is hidden and its defaults are filled in. */
export interface LawOf<I> {
  readonly name: string;
  readonly statement: string;
  readonly operations: readonly Operation[];
  readonly needs?: Needs;
  readonly factor?: number;
  readonly cost?: number;
  readonly inputs: fc.Arbitrary<I>;
  readonly holds: <T>(engine: Engine<T>, equal: Equal, inputs: I) => Promise<Verdict>;
}

/** Sums of a few dozen products, each with an error of epsilon, have an error of less than this many epsilons. */
const DEFAULT_FACTOR = 16;

/**
 * Hides the type of a law's inputs, so that one list can hold all laws. Its `holds` only ever gets its own `inputs`.
 */
export const law = <I>({
  needs = "nothing",
  factor = DEFAULT_FACTOR,
  cost = 1,
  holds,
  ...rest
}: LawOf<I>): Law => ({
  ...rest,
  needs,
  factor,
  cost,
  holds: (engine, equal, inputs) => holds(engine, equal, inputs as I),
});

/** The first verdict that is not `true`. */
export const every = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.find((verdict) => verdict !== true) ?? true;

/** `true`, or the explanation if the condition does not hold. */
export const check = (condition: boolean, explanation: () => string): Verdict =>
  condition ? true : explanation();
