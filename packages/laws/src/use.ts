/** A use of an operation, and the numbers that it is made of. */
import type { TensorKind } from "@tadsr/core";
import type * as fc from "fast-check";
import type { Program } from "./evaluate.ts";
import {
  anything,
  atLeastOne,
  awayFromZero,
  awayFromZeroAndSix,
  type Input,
  notNegative,
  positive,
  wide,
} from "./inputs.ts";

/** One use of an operation. */
export interface Use {
  readonly tensors: readonly Input[];
  /** Operands that get no gradient. The program takes them after the others. */
  readonly constants?: readonly Input[];
  /** The kind of the result. */
  readonly kind: TensorKind;
  readonly program: Program;
}

/** The elements that the tensors may have. */
export interface Elements {
  readonly plain: fc.Arbitrary<number>;
  /** For divisors. */
  readonly divisor: fc.Arbitrary<number>;
  /** Under a square root. */
  readonly radicand: fc.Arbitrary<number>;
  /** For functions with a kink at 0 or at 6, or far tails. */
  readonly kinked: fc.Arbitrary<number>;
  /** Longest side of an image. */
  readonly side: number;
}

/** All inputs that an operation must handle. */
export const whole: Elements = {
  plain: anything,
  divisor: awayFromZero,
  radicand: notNegative,
  kinked: wide,
  side: 6,
};

/** Small inputs at which every operation is differentiable, with derivatives small enough for accurate differences. */
export const smooth: Elements = {
  plain: awayFromZero,
  divisor: atLeastOne,
  radicand: positive,
  kinked: awayFromZeroAndSix,
  side: 3,
};

export type Uses = (elements: Elements) => fc.Arbitrary<Use>;

/** All operands, in the order in which the program takes them. */
export const operandsOf = ({
  tensors,
  constants = [],
}: Pick<Use, "tensors" | "constants">): readonly Input[] => [...tensors, ...constants];
