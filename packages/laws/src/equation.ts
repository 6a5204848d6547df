/** Laws that say: two programs have the same value. */
import type { TensorKind } from "@tadsr/core";
import type * as fc from "fast-check";
import { evaluate, type Program, sizeOf } from "./evaluate.ts";
import type { Input } from "./inputs.ts";
import { type Law, law, type Operation } from "./law.ts";

export interface Equation<I> {
  readonly name: string;
  readonly statement: string;
  readonly operations: readonly Operation[];
  readonly factor?: number;
  readonly inputs: fc.Arbitrary<I>;
  /** The tensors that both programs take. */
  readonly tensors: (inputs: I) => readonly Input[];
  /** The kind of both results. */
  readonly kind: (inputs: I) => TensorKind;
  readonly left: (inputs: I) => Program;
  readonly right: (inputs: I) => Program;
}

export const equation = <I>({ tensors, kind, left, right, ...rest }: Equation<I>): Law =>
  law<I>({
    ...rest,
    holds: async (engine, equal, inputs) => {
      const arrays = tensors(inputs);
      const [a, b] = [left(inputs), right(inputs)];
      return equal(
        await evaluate(engine, kind(inputs), arrays, a),
        await evaluate(engine, kind(inputs), arrays, b),
        sizeOf(arrays, a, b),
      );
    },
  });

export interface Definition<I> {
  readonly name: string;
  readonly statement: string;
  readonly operations: readonly Operation[];
  readonly cost?: number;
  readonly inputs: fc.Arbitrary<I>;
  readonly tensors: (inputs: I) => readonly Input[];
  readonly program: (inputs: I) => Program;
  /** What the program's value must be, computed without the algebra. */
  readonly expected: (inputs: I) => Input;
}

/** Laws that say: a program has this value. */
export const definition = <I>({ tensors, program, expected, ...rest }: Definition<I>): Law =>
  law<I>({
    ...rest,
    holds: async (engine, equal, inputs) => {
      const arrays = tensors(inputs);
      const value = expected(inputs);
      const found = await evaluate(engine, value.kind, arrays, program(inputs));
      return equal(found, value, sizeOf(arrays, program(inputs)));
    },
  });
