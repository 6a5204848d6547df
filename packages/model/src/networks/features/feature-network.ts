/** A network whose features are used to compare pictures. */
import type { Algebra, NdArray, TensorKind, Tensors } from "@tadsr/core";
import type { ParameterSpec } from "../../parameters.ts";

/** A tensor that a network needs beside its parameters. It is computed here and is in no file. */
export interface FixedTensor {
  readonly name: string;
  readonly kind: TensorKind;
  readonly array: NdArray;
}

export interface FeatureNetwork {
  readonly name: "efficientnet-lite0" | "alexnet" | "vgg16";
  /** The name for tables. */
  readonly title: string;
  /** Named as in the network's file. */
  readonly parameters: readonly ParameterSpec[];
  readonly fixed: readonly FixedTensor[];
  /** Channels of each feature map. */
  readonly channels: readonly number[];
  /** The least side of a picture, in pixels, that leaves at least one pixel in every feature map. */
  readonly smallest: number;
  /**
   * Pictures [n, h, w, 3] in [-1, 1] -> the feature maps [n, h', w', channels[k]], each pixel divided by its root
   * mean square (`channelNorm`). `tensors` holds the parameters and the fixed tensors.
   */
  run<T>(algebra: Algebra<T>): (tensors: Tensors<T>, pictures: T) => readonly T[];
}

/** Everything to upload except the parameters: names and kinds. */
export const tensorsOfFeatureNetwork = ({
  parameters,
  fixed,
}: FeatureNetwork): readonly Pick<ParameterSpec, "name" | "kind">[] => [...parameters, ...fixed];
