/** What a use of an operation is, and of which numbers it is made. */
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
  /** Operands into which no gradient passes; the program takes them after the others. */
  readonly constants?: readonly Input[];
  /** What the result is. */
  readonly kind: TensorKind;
  readonly program: Program;
}

/** What the elements of the tensors may be. */
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

/** All that an operation must bear. */
export const whole: Elements = {
  plain: anything,
  divisor: awayFromZero,
  radicand: notNegative,
  kinked: wide,
  side: 6,
};

/** Where every operation is differentiable, with no derivative so large that differences blur, and small. */
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
