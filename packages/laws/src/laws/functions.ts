/** The functions of one number, applied to every element, and the mean. */
import * as fc from "fast-check";
import { identical } from "../equality.ts";
import { definition, equation } from "../equation.ts";
import { evaluate, type Program, sizeOf } from "../evaluate.ts";
import {
  anyShape,
  anything,
  type Input,
  imageShapes,
  input,
  inputFrom,
  notNegative,
  numbers,
  tensorOf,
  wide,
} from "../inputs.ts";
import { every, type Law, law, type Operation, type Verdict } from "../law.ts";

const one = (element = anything): fc.Arbitrary<Input> =>
  anyShape.chain(({ kind, shape }) => tensorOf(kind, shape, element));

const about = (
  name: string,
  statement: string,
  operations: readonly Operation[],
  inputs: fc.Arbitrary<Input>,
  left: Program,
  right: Program,
): Law =>
  equation({
    name,
    statement,
    operations,
    inputs,
    tensors: (a) => [a],
    kind: ({ kind }) => kind,
    left: () => left,
    right: () => right,
  });

const sloped = imageShapes().chain((shape) =>
  fc.record({ a: tensorOf("image", shape, wide), slope: tensorOf("vector", [shape[3]]) }),
);

/** A function's values at some numbers, each compared with a tolerance for its own size. */
const values = (
  name: string,
  statement: string,
  operation: "softplus" | "silu" | "relu6" | "gelu",
  table: readonly (readonly [x: number, y: number])[],
): Law =>
  law({
    name,
    statement,
    operations: [operation],
    inputs: fc.constantFrom(...table),
    holds: async (engine, equal, [x, y]) => {
      const found = await evaluate(engine, "vector", [input("vector", [1], [x])], (A, a) => A[operation](a));
      return equal(found, input("vector", [1], [y]), Math.max(1, Math.abs(y)));
    },
  });

const elementwise: readonly Law[] = [
  about(
    "square is the product with itself",
    "square(a) = a a",
    ["square", "multiply"],
    one(),
    (A, a) => A.square(a),
    (A, a) => A.multiply(a, a),
  ),
  about(
    "sqrt undoes square except for the sign",
    "sqrt(square(a)) = |a|",
    ["sqrt", "square", "abs"],
    one(),
    (A, a) => A.sqrt(A.square(a)),
    (A, a) => A.abs(a),
  ),
  about(
    "square undoes sqrt",
    "square(sqrt(a)) = a if a is not negative",
    ["sqrt", "square", "stopGradient"],
    one(notNegative),
    (A, a) => A.square(A.sqrt(a)),
    (A, a) => A.stopGradient(a),
  ),
  about(
    "abs is the sum of relu for both signs",
    "|a| = relu(a) + relu(-a)",
    ["abs", "relu", "add", "scale"],
    one(),
    (A, a) => A.abs(a),
    (A, a) => A.add(A.relu(a), A.relu(A.scale(a, -1))),
  ),
  about(
    "relu splits a number",
    "relu(a) - relu(-a) = a",
    ["relu", "subtract", "scale", "stopGradient"],
    one(),
    (A, a) => A.subtract(A.relu(a), A.relu(A.scale(a, -1))),
    (A, a) => A.stopGradient(a),
  ),
  about(
    "relu is idempotent",
    "relu(relu(a)) = relu(a)",
    ["relu"],
    one(),
    (A, a) => A.relu(A.relu(a)),
    (A, a) => A.relu(a),
  ),
  about(
    "softplus splits a number",
    "softplus(a) - softplus(-a) = a",
    ["softplus", "subtract", "scale", "stopGradient"],
    one(wide),
    (A, a) => A.subtract(A.softplus(a), A.softplus(A.scale(a, -1))),
    (A, a) => A.stopGradient(a),
  ),
  values("softplus at known points", "softplus(0) = ln 2, softplus(1) = ln(1 + e)", "softplus", [
    [0, Math.LN2],
    [1, Math.log(1 + Math.E)],
    [-1, Math.log(1 + 1 / Math.E)],
    [20, 20 + Math.exp(-20)],
  ]),
  values("softplus does not overflow", "softplus(10^4) = 10^4, softplus(-10^4) = 0", "softplus", [
    [1e4, 1e4],
    [-1e4, 0],
    [100, 100],
    [-100, 0],
  ]),
  about(
    "silu splits a number",
    "silu(a) - silu(-a) = a",
    ["silu", "subtract", "scale", "stopGradient"],
    one(wide),
    (A, a) => A.subtract(A.silu(a), A.silu(A.scale(a, -1))),
    (A, a) => A.stopGradient(a),
  ),
  values("silu at known points", "silu(0) = 0, silu(1) = 1 / (1 + 1/e)", "silu", [
    [0, 0],
    [1, 1 / (1 + Math.exp(-1))],
    [-1, -1 / (1 + Math.E)],
  ]),
  values("silu does not overflow", "silu(10^4) = 10^4, silu(-10^4) = 0", "silu", [
    [1e4, 1e4],
    [-1e4, 0],
    [100, 100],
    [-100, 0],
  ]),
  about(
    "relu6 is relu cut off at six",
    "relu6(a) = relu(a) - relu(a - 6)",
    ["relu6", "relu", "subtract", "offset"],
    one(wide),
    (A, a) => A.relu6(a),
    (A, a) => A.subtract(A.relu(a), A.relu(A.offset(a, -6))),
  ),
  values("relu6 at known points", "relu6(-1) = 0, relu6(3) = 3, relu6(7) = 6", "relu6", [
    [-1, 0],
    [3, 3],
    [6, 6],
    [7, 6],
  ]),
  about(
    "gelu splits a number",
    "gelu(a) - gelu(-a) = a",
    ["gelu", "subtract", "scale", "stopGradient"],
    one(wide),
    (A, a) => A.subtract(A.gelu(a), A.gelu(A.scale(a, -1))),
    (A, a) => A.stopGradient(a),
  ),
  // Phi(1), Phi(2), Phi(3) and Phi(1/2) to 16 digits, as in tables of the normal distribution.
  values(
    "gelu at known points",
    "gelu(a) = a Phi(a): not its approximation by tanh, nor by a sigmoid",
    "gelu",
    [
      [0, 0],
      [0.5, 0.5 * 0.6914624612740131],
      [1, 0.8413447460685429],
      [-1, -0.15865525393145707],
      [2, 2 * 0.9772498680518208],
      [-2, -2 * 0.02275013194817921],
      [3, 3 * 0.9986501019683699],
    ],
  ),
  values("gelu does not overflow", "gelu(10^4) = 10^4, gelu(-10^4) = 0", "gelu", [
    [1e4, 1e4],
    [-1e4, 0],
    [100, 100],
    [-100, 0],
  ]),
  equation({
    name: "leakyRelu scales negative numbers",
    statement: "leakyRelu(a, p) = relu(a) - p relu(-a)",
    operations: ["leakyRelu", "relu", "subtract", "scale"],
    inputs: fc.record({ a: one(wide), slope: numbers(-0.5, 2) }),
    tensors: ({ a }) => [a],
    kind: ({ a }) => a.kind,
    left:
      ({ slope }) =>
      (A, a) =>
        A.leakyRelu(a, slope),
    right:
      ({ slope }) =>
      (A, a) =>
        A.subtract(A.relu(a), A.scale(A.relu(A.scale(a, -1)), slope)),
  }),
  about(
    "leakyRelu with slope one changes nothing",
    "leakyRelu(a, 1) = a",
    ["leakyRelu", "stopGradient"],
    one(wide),
    (A, a) => A.leakyRelu(a, 1),
    (A, a) => A.stopGradient(a),
  ),
  definition({
    name: "prelu is relu, with a slope for each channel below zero",
    statement: "prelu(a, p)[n, y, x, c] = relu(a)[n, y, x, c] - p[c] relu(-a)[n, y, x, c]",
    operations: ["prelu"],
    inputs: sloped,
    tensors: ({ a, slope }) => [a, slope],
    program: () => (A, a, slope) => A.prelu(a, slope),
    expected: ({ a, slope }) =>
      inputFrom("image", a.shape, (i) => {
        const x = a.data[i] as number;
        return Math.max(0, x) + (slope.data[i % slope.data.length] as number) * Math.min(0, x);
      }),
  }),
  equation({
    name: "prelu with equal slopes is leakyRelu",
    statement: "prelu(a, (p, ..., p)) = leakyRelu(a, p)",
    operations: ["prelu", "leakyRelu"],
    inputs: sloped,
    tensors: ({ a, slope }) => [a, inputFrom("vector", slope.shape, () => slope.data[0] as number)],
    kind: () => "image",
    left: () => (A, a, slope) => A.prelu(a, slope),
    right:
      ({ slope }) =>
      (A, a) =>
        A.leakyRelu(a, slope.data[0] as number),
  }),
  law({
    name: "stopGradient keeps the values",
    statement: "stopGradient(a) = a, bit for bit",
    operations: ["stopGradient"],
    inputs: one(),
    holds: async (engine, _equal, a) =>
      identical(await evaluate(engine, a.kind, [a], (A, x) => A.stopGradient(x)), a, 0),
  }),
];

const twoAndNumbers = anyShape.chain(({ kind, shape }) =>
  fc.record({ a: tensorOf(kind, shape), b: tensorOf(kind, shape), p: anything, q: anything }),
);

const means: readonly Law[] = [
  equation({
    name: "mean is linear",
    statement: "mean(p a + q b) = p mean(a) + q mean(b)",
    operations: ["mean", "add", "scale"],
    inputs: twoAndNumbers,
    tensors: ({ a, b }) => [a, b],
    kind: () => "scalar",
    left:
      ({ p, q }) =>
      (A, a, b) =>
        A.mean(A.add(A.scale(a, p), A.scale(b, q))),
    right:
      ({ p, q }) =>
      (A, a, b) =>
        A.add(A.scale(A.mean(a), p), A.scale(A.mean(b), q)),
  }),
  equation({
    name: "mean shifts by an offset",
    statement: "mean(a + p) = mean(a) + p",
    operations: ["mean", "offset"],
    inputs: twoAndNumbers,
    tensors: ({ a }) => [a],
    kind: () => "scalar",
    left:
      ({ p }) =>
      (A, a) =>
        A.mean(A.offset(a, p)),
    right:
      ({ p }) =>
      (A, a) =>
        A.offset(A.mean(a), p),
  }),
  definition({
    name: "mean is the sum over the number of elements",
    statement: "mean(a) = (a_1 + ... + a_n) / n, as a scalar of shape []",
    operations: ["mean"],
    inputs: one(),
    tensors: (a) => [a],
    program: () => (A, a) => A.mean(a),
    expected: ({ data }) => input("scalar", [], [data.reduce((sum, x) => sum + x, 0) / data.length]),
  }),
  law({
    name: "every element counts once in the mean",
    statement: "mean(e_k) = 1 / n for each unit vector e_k",
    operations: ["mean"],
    inputs: fc.integer({ min: 1, max: 6 }),
    holds: async (engine, equal, n) => {
      const program: Program = (A, a) => A.mean(a);
      const verdicts: Verdict[] = [];
      for (let k = 0; k < n; k++) {
        const unit = inputFrom("vector", [n], (i) => (i === k ? 1 : 0));
        const found = await evaluate(engine, "scalar", [unit], program);
        verdicts.push(equal(found, input("scalar", [], [1 / n]), sizeOf([unit], program)));
      }
      return every(verdicts);
    },
  }),
];

export const functionLaws: readonly Law[] = [...elementwise, ...means];
