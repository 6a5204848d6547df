/** A network from pictures to pictures, without noise and without time. */
import type { Algebra, Tensors } from "@tadsr/core";
import type { ParameterSpec } from "../parameters.ts";

export interface PictureNetwork {
  /** Named as in PyTorch's files. */
  readonly parameters: readonly ParameterSpec[];
  /** The result is this many times wider and higher. */
  readonly factor: number;
  /** image [n, h, w, 3] in [0, 1] -> [n, factor h, factor w, 3], about in [0, 1] but not clamped. */
  run<T>(algebra: Algebra<T>): (weights: Tensors<T>, image: T) => T;
}
