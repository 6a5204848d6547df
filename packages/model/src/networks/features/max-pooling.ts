/**
 * Max pooling, made from operations that every engine has. A depthwise convolution with a single 1 in its kernel takes
 * one pixel of each window, exactly. Then max(a, b) = a + relu(b - a) joins them. So the maximum has the rounding of a
 * subtraction and an addition.
 */
import type { Algebra, Tensors } from "@tadsr/core";
import { around } from "../../layers.ts";
import { parameter } from "../../parameters.ts";
import type { FixedTensor } from "./feature-network.ts";

export interface MaxPooling {
  readonly channels: number;
  /** Side of a window, in pixels. */
  readonly window: number;
  readonly stride: number;
}

const takerName = ({ channels, window }: MaxPooling, place: number): string =>
  `pooling.${channels}.${window}.${place}`;

const places = ({ window }: MaxPooling): readonly number[] =>
  Array.from({ length: window * window }, (_, place) => place);

/** The kernels that take a window's pixels, one kernel for each place in it. */
export const takersOf = (pooling: MaxPooling): readonly FixedTensor[] =>
  places(pooling).map((place) => {
    const { channels, window } = pooling;
    const size = window * window;
    const data = new Float32Array(channels * size);
    for (let channel = 0; channel < channels; channel++) data[channel * size + place] = 1;
    const shape = [channels, 1, window, window];
    return { name: takerName(pooling, place), kind: "depthwise", array: { shape, data } };
  });

/** [n, h, w, c] -> [n, floor((h - window) / stride) + 1, the same of w, c]: windows that are inside the image. */
export const maxPooling = <T>(algebra: Algebra<T>, tensors: Tensors<T>, pooling: MaxPooling, image: T): T => {
  const options = { stride: pooling.stride, padding: around(0) };
  const take = (place: number): T =>
    algebra.depthwiseConv2d(image, parameter(tensors, takerName(pooling, place)), null, options);
  const [first = 0, ...others] = places(pooling);
  return others.reduce((largest, place) => {
    const excess = algebra.relu(algebra.subtract(take(place), largest));
    return algebra.add(largest, excess);
  }, take(first));
};
