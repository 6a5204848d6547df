/** Tensors are a vector space under `add` and `scale`, and a ring under `multiply`. */
import * as fc from "fast-check";
import { definition, equation } from "../equation.ts";
import type { Program } from "../evaluate.ts";
import {
  anyShape,
  anything,
  awayFromZero,
  batches,
  factors,
  type Input,
  inputFrom,
  tensorOf,
} from "../inputs.ts";
import type { Law, Operation } from "../law.ts";

const alike = (number: number, element = anything): fc.Arbitrary<readonly Input[]> =>
  anyShape.chain(({ kind, shape }) =>
    fc.tuple(...Array.from({ length: number }, () => tensorOf(kind, shape, element))),
  );

/** A law about tensors of one shape, which takes no other inputs. */
const about = (
  name: string,
  statement: string,
  operations: readonly Operation[],
  inputs: fc.Arbitrary<readonly Input[]>,
  left: Program,
  right: Program,
): Law =>
  equation({
    name,
    statement,
    operations,
    inputs,
    tensors: (x) => x,
    kind: ([a]) => a?.kind ?? "scalar",
    left: () => left,
    right: () => right,
  });

interface Scaling {
  readonly tensors: readonly Input[];
  readonly p: number;
  readonly q: number;
}

const scaling: fc.Arbitrary<Scaling> = fc.record({ tensors: alike(2), p: anything, q: anything });

const scalingLaw = (
  name: string,
  statement: string,
  operations: readonly Operation[],
  left: (scaling: Scaling) => Program,
  right: (scaling: Scaling) => Program,
): Law =>
  equation({
    name,
    statement,
    operations,
    inputs: scaling,
    tensors: ({ tensors }) => tensors,
    kind: ({ tensors: [a] }) => a?.kind ?? "scalar",
    left,
    right,
  });

const batchWithFactors = batches.chain(({ kind, shape }) =>
  fc.record({
    a: tensorOf(kind, shape),
    factor: fc.array(anything, { minLength: shape[0] ?? 1, maxLength: shape[0] ?? 1 }),
  }),
);

/** Sums and multiples. */
const sums: readonly Law[] = [
  about(
    "add is commutative",
    "a + b = b + a",
    ["add"],
    alike(2),
    (A, a, b) => A.add(a, b),
    (A, a, b) => A.add(b, a),
  ),
  about(
    "add is associative",
    "(a + b) + c = a + (b + c)",
    ["add"],
    alike(3),
    (A, a, b, c) => A.add(A.add(a, b), c),
    (A, a, b, c) => A.add(a, A.add(b, c)),
  ),
  about(
    "scale by zero is the unit of add",
    "a + 0 a = a",
    ["add", "scale", "stopGradient"],
    alike(1),
    (A, a) => A.add(a, A.scale(a, 0)),
    (A, a) => A.stopGradient(a),
  ),
  about(
    "subtract adds the negative",
    "a - b = a + (-1) b",
    ["subtract", "add", "scale"],
    alike(2),
    (A, a, b) => A.subtract(a, b),
    (A, a, b) => A.add(a, A.scale(b, -1)),
  ),
  about(
    "scale by one changes nothing",
    "1 a = a",
    ["scale", "stopGradient"],
    alike(1),
    (A, a) => A.scale(a, 1),
    (A, a) => A.stopGradient(a),
  ),
  scalingLaw(
    "scale is linear in the tensor",
    "p (a + b) = p a + p b",
    ["scale", "add"],
    ({ p }) =>
      (A, a, b) =>
        A.scale(A.add(a, b), p),
    ({ p }) =>
      (A, a, b) =>
        A.add(A.scale(a, p), A.scale(b, p)),
  ),
  scalingLaw(
    "scale is linear in the factor",
    "(p + q) a = p a + q a",
    ["scale", "add"],
    ({ p, q }) =>
      (A, a) =>
        A.scale(a, p + q),
    ({ p, q }) =>
      (A, a) =>
        A.add(A.scale(a, p), A.scale(a, q)),
  ),
  scalingLaw(
    "scale by a product scales twice",
    "(p q) a = p (q a)",
    ["scale"],
    ({ p, q }) =>
      (A, a) =>
        A.scale(a, p * q),
    ({ p, q }) =>
      (A, a) =>
        A.scale(A.scale(a, q), p),
  ),
  scalingLaw(
    "offset adds up",
    "(a + p) + q = a + (p + q)",
    ["offset"],
    ({ p, q }) =>
      (A, a) =>
        A.offset(A.offset(a, p), q),
    ({ p, q }) =>
      (A, a) =>
        A.offset(a, p + q),
  ),
  scalingLaw(
    "offset passes through subtract",
    "(a + p) - b = (a - b) + p",
    ["offset", "subtract"],
    ({ p }) =>
      (A, a, b) =>
        A.subtract(A.offset(a, p), b),
    ({ p }) =>
      (A, a, b) =>
        A.offset(A.subtract(a, b), p),
  ),
];

/** One factor for each sample. */
const perSample: readonly Law[] = [
  definition({
    name: "scale takes one factor for each sample",
    statement: "scale(a, f)[k, ...] = f[k] a[k, ...]",
    operations: ["scale"],
    inputs: batchWithFactors,
    tensors: ({ a }) => [a],
    program:
      ({ factor }) =>
      (A, a) =>
        A.scale(a, factor),
    expected: ({ a, factor }) => {
      const sample = a.data.length / factor.length;
      return inputFrom(
        a.kind,
        a.shape,
        (i) => (a.data[i] as number) * (factor[Math.floor(i / sample)] as number),
      );
    },
  }),
  equation({
    name: "a list of equal factors is that factor",
    statement: "scale(a, [p, ..., p]) = scale(a, p)",
    operations: ["scale"],
    inputs: batches.chain(({ kind, shape }) => fc.record({ a: tensorOf(kind, shape), p: anything })),
    tensors: ({ a }) => [a],
    kind: ({ a }) => a.kind,
    left:
      ({ a, p }) =>
      (A, x) =>
        A.scale(x, new Array<number>(a.shape[0] ?? 1).fill(p)),
    right:
      ({ p }) =>
      (A, x) =>
        A.scale(x, p),
  }),
  equation({
    name: "scale by factors for each sample is linear in the tensor",
    statement: "scale(a + b, f) = scale(a, f) + scale(b, f)",
    operations: ["scale", "add"],
    inputs: batches.chain(({ kind, shape }) =>
      fc.record({
        a: tensorOf(kind, shape),
        b: tensorOf(kind, shape),
        factor: factors(shape[0] ?? 1),
      }),
    ),
    tensors: ({ a, b }) => [a, b],
    kind: ({ a }) => a.kind,
    left:
      ({ factor }) =>
      (A, a, b) =>
        A.scale(A.add(a, b), factor),
    right:
      ({ factor }) =>
      (A, a, b) =>
        A.add(A.scale(a, factor), A.scale(b, factor)),
  }),
];

const products: readonly Law[] = [
  about(
    "multiply is commutative",
    "a b = b a",
    ["multiply"],
    alike(2),
    (A, a, b) => A.multiply(a, b),
    (A, a, b) => A.multiply(b, a),
  ),
  about(
    "multiply is associative",
    "(a b) c = a (b c)",
    ["multiply"],
    alike(3),
    (A, a, b, c) => A.multiply(A.multiply(a, b), c),
    (A, a, b, c) => A.multiply(a, A.multiply(b, c)),
  ),
  about(
    "multiply distributes over add",
    "a (b + c) = a b + a c",
    ["multiply", "add"],
    alike(3),
    (A, a, b, c) => A.multiply(a, A.add(b, c)),
    (A, a, b, c) => A.add(A.multiply(a, b), A.multiply(a, c)),
  ),
  about(
    "one is the unit of multiply",
    "a (0 a + 1) = a",
    ["multiply", "offset", "scale", "stopGradient"],
    alike(1),
    (A, a) => A.multiply(a, A.offset(A.scale(a, 0), 1)),
    (A, a) => A.stopGradient(a),
  ),
  about(
    "divide undoes multiply",
    "(a b) / b = a if b is not 0",
    ["divide", "multiply", "stopGradient"],
    alike(2, awayFromZero),
    (A, a, b) => A.divide(A.multiply(a, b), b),
    (A, a) => A.stopGradient(a),
  ),
  about(
    "divide distributes over add",
    "(a + b) / c = a / c + b / c if c is not 0",
    ["divide", "add"],
    alike(3, awayFromZero),
    (A, a, b, c) => A.divide(A.add(a, b), c),
    (A, a, b, c) => A.add(A.divide(a, c), A.divide(b, c)),
  ),
];

export const vectorSpaceLaws: readonly Law[] = [...sums, ...perSample, ...products];
