/** What every network offers that makes a picture of a picture, with no noise and no time. */
import type { Algebra, Tensors } from "@tadsr/core";
import type { ParameterSpec } from "../parameters.ts";

export interface PictureNetwork {
  /** By the names that PyTorch's files have. */
  readonly parameters: readonly ParameterSpec[];
  /** The result is so many times wider and higher. */
  readonly factor: number;
  /** image [n, h, w, 3] in [0, 1] -> [n, factor h, factor w, 3], about in [0, 1] but not cut off there. */
  run<T>(algebra: Algebra<T>): (weights: Tensors<T>, image: T) => T;
}
