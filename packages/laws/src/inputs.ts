/**
 * Random tensors for the laws. Every element is a float32, so that engines of either precision get the same numbers.
 */
import { elements, type NdArray, type PerSample, type TensorKind } from "@tadsr/core";
import * as fc from "fast-check";

/** An array, and the kind of tensor that it becomes. */
export interface Input extends NdArray {
  readonly kind: TensorKind;
  readonly data: Float64Array;
}

/** Numbers from `least` to `most` in 2^24 steps, rounded to float32. */
export const numbers = (least: number, most: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 2 ** 24 }).map((k) => Math.fround(least + ((most - least) * k) / 2 ** 24));

const mirrored = (magnitude: fc.Arbitrary<number>): fc.Arbitrary<number> =>
  fc.tuple(magnitude, fc.boolean()).map(([x, negative]) => (negative ? -x : x));

/** Anything from -4 to 4. */
export const anything = numbers(-4, 4);
/** At least 1/4 away from zero: for divisors, and for functions with a kink at zero. */
export const awayFromZero = mirrored(numbers(0.25, 4));
/** At least 1 away from zero. */
export const atLeastOne = mirrored(numbers(1, 4));
/** At least 1/4 away from zero and from 6, on both sides of each: the kinks of `relu6`. */
export const awayFromZeroAndSix = mirrored(fc.oneof(numbers(0.25, 5.75), numbers(6.25, 9)));
/** From -2 to 2: for products that go into exponents. */
export const gentle = numbers(-2, 2);
/** From 0 to 16. */
export const notNegative = numbers(0, 16);
/** From 1 to 16. */
export const positive = numbers(1, 16);
/** From -9 to 9. */
export const wide = numbers(-9, 9);

/** The dimensions of an image: [n, h, w, c]. */
export const dimensions = ({ shape }: Input): readonly [number, number, number, number] =>
  shape as [number, number, number, number];

export const input = (kind: TensorKind, shape: readonly number[], data: Iterable<number>): Input => ({
  kind,
  shape,
  data: Float64Array.from(data),
});

/** An input given by a formula over its flat index. */
export const inputFrom = (
  kind: TensorKind,
  shape: readonly number[],
  element: (index: number) => number,
): Input =>
  input(
    kind,
    shape,
    Array.from({ length: elements(shape) }, (_, i) => element(i)),
  );

export const zerosLike = ({ kind, shape }: Input): Input => inputFrom(kind, shape, () => 0);

/** A tensor of a given shape. A failure shrinks the shape, not the elements. */
export const tensorOf = (
  kind: TensorKind,
  shape: readonly number[],
  element: fc.Arbitrary<number> = anything,
): fc.Arbitrary<Input> =>
  fc
    .noShrink(fc.array(element, { minLength: elements(shape), maxLength: elements(shape) }))
    .map((data) => input(kind, shape, data));

export const upTo = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: most });

/** The shape of an image: [n, h, w, c]. */
export const imageShapes = (largest = 4): fc.Arbitrary<[number, number, number, number]> =>
  fc.tuple(upTo(3), upTo(largest), upTo(largest), upTo(4));

export interface KindAndShape {
  readonly kind: TensorKind;
  readonly shape: readonly number[];
}

/** Tensors that have a batch: images and matrices. */
export const batches: fc.Arbitrary<KindAndShape> = fc.oneof(
  imageShapes().map((shape): KindAndShape => ({ kind: "image", shape })),
  fc.tuple(upTo(4), upTo(6)).map((shape): KindAndShape => ({ kind: "matrix", shape })),
);

/** Any tensor that is data: image, matrix, vector, scalar. */
export const anyShape: fc.Arbitrary<KindAndShape> = fc.oneof(
  { weight: 3, arbitrary: batches },
  { weight: 1, arbitrary: upTo(8).map((n): KindAndShape => ({ kind: "vector", shape: [n] })) },
  { weight: 1, arbitrary: fc.constant<KindAndShape>({ kind: "scalar", shape: [] }) },
);

/** One factor for the batch, or one for each of its samples. */
export const factors = (batch: number): fc.Arbitrary<PerSample> =>
  fc.oneof<fc.Arbitrary<PerSample>[]>(anything, fc.array(anything, { minLength: batch, maxLength: batch }));
