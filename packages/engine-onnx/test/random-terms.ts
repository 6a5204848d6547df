/** Terms to simplify: some made by hand, and random ones in which every rule finds something to do. */
import {
  type Algebra,
  elements,
  type NdArray,
  normal,
  type ReferenceTensor,
  referenceAlgebra,
  type TensorKind,
  type Use,
} from "@tadsr/core";
import * as fc from "fast-check";
import { termAlgebra } from "../src/index.ts";
import { type Given, given, interpret, type Term, termsBelow } from "../src/recording/term.ts";

/** A tensor with known numbers. */
export const holding = (
  use: Use,
  kind: TensorKind,
  shape: readonly number[],
  numbers: readonly number[],
): Given => given(kind, { shape, data: Float64Array.from(numbers) }, use);

/** A tensor of normal numbers. Each `stream` gives other numbers. */
export const drawn = (use: Use, kind: TensorKind, shape: readonly number[], stream: number): Given =>
  given(
    kind,
    {
      shape,
      data: normal({ seed: 7, stream }, 0, elements(shape)),
    },
    use,
  );

const asReference = ({ shape, data }: NdArray): ReferenceTensor => ({ shape, data: Float64Array.from(data) });

/** The terms' values in float64. */
export const valuesOf = (terms: readonly Term[]): readonly ReferenceTensor[] =>
  interpret(terms, referenceAlgebra, asReference);

/** The operations of the terms, sorted. Each occurs as often as there are terms of it. */
export const operationsOf = (terms: readonly Term[]): readonly string[] =>
  termsBelow(terms)
    .flatMap((term) => (term.tag === "applied" ? [term.operation] : []))
    .sort();

/** max |found - expected|, relative to the largest number in the computation; infinite if the shapes differ. */
export const errorOf = (found: readonly Term[], expected: readonly Term[]): number => {
  const way = valuesOf(termsBelow(expected));
  const size = way.reduce((most, { data }) => data.reduce((max, x) => Math.max(max, Math.abs(x)), most), 1);
  const [ours, theirs] = [valuesOf(found), valuesOf(expected)];
  let error = 0;
  for (const [i, { shape, data }] of theirs.entries()) {
    const other = ours[i];
    if (other?.shape.join() !== shape.join()) return Number.POSITIVE_INFINITY;
    for (const [at, x] of data.entries()) {
      const distance = Math.abs((other.data[at] as number) - x);
      // A comparison with NaN is false, so NaN must not count as a small difference.
      if (!(distance <= error)) error = distance;
    }
  }
  return error / size;
};

/** The pools that a random program draws operands from. All have one batch size and four channels. */
interface Pools {
  readonly images: Term[];
  readonly matrices: Term[];
  readonly vectors: Term[];
}

const CHANNELS = 4;

/** A kernel of zeros. */
const SILENT = given(
  "convolution",
  { shape: [CHANNELS, CHANNELS, 1, 1], data: new Float64Array(CHANNELS * CHANNELS) },
  "constant",
);
const AS_LARGE = { stride: 1, padding: { top: 0, bottom: 0, left: 0, right: 0 } };

const pick = (pool: readonly Term[], choice: number): Term => pool[choice % pool.length] as Term;

type Step = (algebra: Algebra<Term>, pools: Pools, a: number, b: number, c: number) => void;

const steps: readonly Step[] = [
  (A, { images }, a) => images.push(A.stopGradient(pick(images, a))),
  (A, { matrices }, a) => matrices.push(A.stopGradient(pick(matrices, a))),
  (A, { vectors }, a) => vectors.push(A.stopGradient(pick(vectors, a))),
  (A, { images }, a) => images.push(A.silu(pick(images, a))),
  (A, { images }, a, b) => images.push(A.add(pick(images, a), pick(images, b))),
  (A, { images, matrices }, a, b, c) =>
    images.push(A.modulate(pick(images, a), pick(matrices, b), pick(matrices, c))),
  (A, { images, vectors }, a, b, c) =>
    images.push(
      A.groupNorm(pick(images, a), pick(vectors, b), pick(vectors, c), { groups: 2, epsilon: 0.5 }),
    ),
  (A, { images, matrices, vectors }, a, b, c) =>
    images.push(
      A.modulate(
        A.groupNorm(pick(images, c), pick(vectors, a), pick(vectors, b), { groups: 4, epsilon: 0.25 }),
        pick(matrices, a),
        pick(matrices, b),
      ),
    ),
  (A, { matrices }, a) => matrices.push(A.silu(pick(matrices, a))),
  (A, { matrices }, a, b) => matrices.push(A.multiply(pick(matrices, a), pick(matrices, b))),
  (A, { matrices, vectors }, a, b, c) =>
    matrices.push(
      A.linear(pick(matrices, a), drawn("constant", "matrix", [CHANNELS, CHANNELS], b), pick(vectors, c)),
    ),
  (A, { matrices }, a, b) => {
    const wide = A.linear(pick(matrices, a), drawn("constant", "matrix", [2 * CHANNELS, CHANNELS], b), null);
    matrices.push(A.sliceChannels(wide, 2, CHANNELS));
  },
  (A, { images }, a, b) =>
    images.push(A.sliceChannels(A.concatChannels([pick(images, a), pick(images, b)]), 3, CHANNELS)),
  (A, { images }, a, b, c) =>
    images.push(
      A.sliceChannels(A.concatChannels([pick(images, a), pick(images, b)]), (c % 2) * CHANNELS, CHANNELS),
    ),
  (A, { images, vectors }, a, b, c) =>
    images.push(A.add(pick(images, a), A.conv2d(pick(images, b), SILENT, pick(vectors, c), AS_LARGE))),
  (A, { matrices }, a, b) => matrices.push(A.scale(pick(matrices, a), (b % 5) / 4)),
  (A, { vectors }, a, b) => vectors.push(A.add(pick(vectors, a), pick(vectors, b))),
  (A, { vectors }, a, b) => vectors.push(A.offset(pick(vectors, a), (b % 5) - 2)),
];

/** Everything that a program of six to a dozen steps makes of data and constants, and these themselves. */
export const randomTerms: fc.Arbitrary<readonly Term[]> = fc
  .record({
    batch: fc.constantFrom(1, 1, 2),
    program: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), { minLength: 6, maxLength: 12 }),
  })
  .map(({ batch, program }) => {
    const both = (kind: TensorKind, shape: readonly number[], stream: number): Term[] => [
      drawn("data", kind, shape, stream),
      drawn("constant", kind, shape, stream + 1),
    ];
    const pools: Pools = {
      images: both("image", [batch, 2, 3, CHANNELS], 100),
      matrices: both("matrix", [batch, CHANNELS], 200),
      vectors: both("vector", [CHANNELS], 300),
    };
    // More constants than data, as in a network.
    for (const stream of [202, 203, 204]) {
      pools.matrices.push(drawn("constant", "matrix", [batch, CHANNELS], stream));
      pools.vectors.push(drawn("constant", "vector", [CHANNELS], stream + 100));
    }
    for (const [step, a, b, c] of program) (steps[step % steps.length] as Step)(termAlgebra, pools, a, b, c);
    return Object.values(pools).flat();
  });
