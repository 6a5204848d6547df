/** Convolutions over an image's pixels as one closed sequence, and spectral normalisation of their weights. */
import { elements } from "@tadsr/core";
import * as fc from "fast-check";
import { definition, equation } from "../equation.ts";
import { evaluate } from "../evaluate.ts";
import {
  dimensions,
  type Input,
  imageShapes,
  input,
  inputFrom,
  numbers,
  tensorOf,
  zerosLike,
} from "../inputs.ts";
import { every, type Law, law } from "../law.ts";
import { sequences, spectrals } from "../sequences.ts";

/**
 * The image whose pixel p is pixel p + by of this one. Pixels are counted row by row, and the first follows the last.
 */
const rotated = (image: Input, by: number): Input => {
  const [, h, w, c] = dimensions(image);
  const length = h * w;
  return inputFrom("image", image.shape, (i) => {
    const [sample, place] = [Math.floor(i / (length * c)), Math.floor(i / c) % length];
    const from = (((place + by) % length) + length) % length;
    return image.data[(sample * length + from) * c + (i % c)] as number;
  });
};

/** A weight [c, c, taps] that maps each channel to itself: 1 at one tap, 0 elsewhere. */
const tapWeight = (c: number, taps: number, tap: number): Input =>
  inputFrom("sequence", [c, c, taps], (i) => {
    const [out, from] = [Math.floor(i / (c * taps)), Math.floor(i / taps) % c];
    return out === from && i % taps === tap ? 1 : 0;
  });

const convolving: readonly Law[] = [
  definition({
    name: "sequenceConvolution correlates in a circle: one tap rotates the sequence",
    statement:
      "a weight that is 1 at tap j of k gives pixel p + j - (k - 1) / 2 at pixel p; pixels are counted row by row in a circle",
    operations: ["sequenceConvolution"],
    inputs: fc.tuple(sequences(4), fc.nat(4)).map(
      ([
        {
          images: [image],
          weights: [weight],
        },
        at,
      ]) => {
        const taps = weight.shape[2] as number;
        return { image, taps, tap: at % taps };
      },
    ),
    tensors: ({ image, taps, tap }) => [image, tapWeight(dimensions(image)[3], taps, tap)],
    program: () => (A, a, w) => A.sequenceConvolution(a, w, null),
    expected: ({ image, taps, tap }) => rotated(image, tap - (taps - 1) / 2),
  }),
  law({
    name: "sequenceConvolution commutes with rotations",
    statement: "the result for the sequence rotated by r is the result rotated by r, with a bias too",
    operations: ["sequenceConvolution"],
    inputs: fc.record({ use: sequences(4), by: fc.integer({ min: -8, max: 8 }) }),
    holds: async (
      engine,
      equal,
      {
        use: {
          images: [image],
          weights: [weight],
          bias,
        },
        by,
      },
    ) => {
      const convolve = (a: Input) =>
        evaluate(engine, "image", [a, weight, bias], (A, x, w, b) => A.sequenceConvolution(x, w, b));
      const found = await convolve(rotated(image, by));
      const { shape, data } = await convolve(image);
      return equal(found, rotated(input("image", shape, data), by), 4 + 16 * elements(weight.shape.slice(1)));
    },
  }),
  equation({
    name: "sequenceConvolution is linear in the image",
    statement: "w * (a + b) = w * a + w * b",
    operations: ["sequenceConvolution", "add"],
    inputs: sequences(4),
    tensors: ({ images: [a, b], weights: [w] }) => [a, b, w],
    kind: () => "image",
    left: () => (A, a, b, w) => A.sequenceConvolution(A.add(a, b), w, null),
    right: () => (A, a, b, w) => A.add(A.sequenceConvolution(a, w, null), A.sequenceConvolution(b, w, null)),
  }),
  equation({
    name: "sequenceConvolution is linear in the weight",
    statement: "(v + w) * a = v * a + w * a",
    operations: ["sequenceConvolution", "add"],
    inputs: sequences(4),
    tensors: ({ images: [a], weights: [v, w] }) => [a, v, w],
    kind: () => "image",
    left: () => (A, a, v, w) => A.sequenceConvolution(a, A.add(v, w), null),
    right: () => (A, a, v, w) => A.add(A.sequenceConvolution(a, v, null), A.sequenceConvolution(a, w, null)),
  }),
  equation({
    name: "sequenceConvolution with one tap is linear",
    statement: "sequenceConvolution(a, w, b) = linear(a, w, b) for a weight [o, i, 1]",
    operations: ["sequenceConvolution", "linear"],
    inputs: fc.tuple(imageShapes(), fc.integer({ min: 1, max: 3 })).chain(([shape, out]) =>
      fc.record({
        image: tensorOf("image", shape),
        weight: tensorOf("matrix", [out, shape[3]]),
        bias: tensorOf("vector", [out]),
      }),
    ),
    tensors: ({ image, weight, bias }) => [
      image,
      weight,
      input("sequence", [...weight.shape, 1], weight.data),
      bias,
    ],
    kind: () => "image",
    left: () => (A, a, _matrix, weight, b) => A.sequenceConvolution(a, weight, b),
    right: () => (A, a, matrix, _weight, b) => A.linear(a, matrix, b),
  }),
];

/** W v or W^T u, where W is [o, i k]. */
const product = (weight: Input, vector: Input, side: "left" | "right"): Float64Array => {
  const o = weight.shape[0] as number;
  const columns = elements(weight.shape) / o;
  const at = (row: number, column: number): number => weight.data[row * columns + column] as number;
  const length = side === "left" ? o : columns;
  return Float64Array.from({ length }, (_, i) =>
    vector.data.reduce((sum, x, j) => sum + x * (side === "left" ? at(i, j) : at(j, i)), 0),
  );
};

const normalised = (data: Float64Array): Input => {
  const norm = Math.sqrt(data.reduce((sum, x) => sum + x * x, 0));
  return input(
    "vector",
    [data.length],
    data.map((x) => x / norm),
  );
};

const normalising: readonly Law[] = [
  definition({
    name: "spectralNormalize divides by u W v",
    statement:
      "spectralNormalize(w, u, v) = w / sum_oik u[o] w[o, i, k] v[i K + k]; the divisor has either sign",
    operations: ["spectralNormalize"],
    inputs: spectrals(),
    tensors: ({ weight, u, v }) => [weight, u, v],
    program: () => (A, w, u, v) => A.spectralNormalize(w, u, v),
    expected: ({ weight, u, v }) => {
      const sigma = product(weight, v, "left").reduce((sum, x, row) => sum + x * (u.data[row] as number), 0);
      return inputFrom("sequence", weight.shape, (i) => (weight.data[i] as number) / sigma);
    },
  }),
  equation({
    name: "spectralNormalize does not depend on the scale of its weight",
    statement: "spectralNormalize(p w, u, v) = spectralNormalize(w, u, v) for p > 0",
    operations: ["spectralNormalize", "scale"],
    inputs: fc.record({ use: spectrals(), p: numbers(0.25, 4) }),
    tensors: ({ use: { weight, u, v } }) => [weight, u, v],
    kind: () => "sequence",
    left:
      ({ p }) =>
      (A, w, u, v) =>
        A.spectralNormalize(A.scale(w, p), u, v),
    right: () => (A, w, u, v) => A.spectralNormalize(w, u, v),
  }),
  definition({
    name: "leftSingular is W v made a unit vector",
    statement: "leftSingular(w, v) = W v / |W v|, W[o, i K + k] = w[o, i, k]",
    operations: ["leftSingular"],
    inputs: spectrals(),
    tensors: ({ weight, v }) => [weight, v],
    program: () => (A, w, v) => A.leftSingular(w, v),
    expected: ({ weight, v }) => normalised(product(weight, v, "left")),
  }),
  definition({
    name: "rightSingular is the transposed W u made a unit vector",
    statement: "rightSingular(w, u) = W^T u / |W^T u|, W[o, i K + k] = w[o, i, k]",
    operations: ["rightSingular"],
    inputs: spectrals(),
    tensors: ({ weight, u }) => [weight, u],
    program: () => (A, w, u) => A.rightSingular(w, u),
    expected: ({ weight, u }) => normalised(product(weight, u, "right")),
  }),
  law({
    name: "leftSingular and rightSingular of zeros are zeros",
    statement: "if W v or W^T u is 0, its norm is taken as 1e-12, so the quotient is 0",
    operations: ["leftSingular", "rightSingular"],
    inputs: spectrals(),
    holds: async (engine, equal, { weight, u, v }) => {
      const nothing = zerosLike(weight);
      const left = await evaluate(engine, "vector", [nothing, v], (A, w, x) => A.leftSingular(w, x));
      const right = await evaluate(engine, "vector", [nothing, u], (A, w, x) => A.rightSingular(w, x));
      return every([equal(left, zerosLike(u), 0), equal(right, zerosLike(v), 0)]);
    },
  }),
];

export const sequenceLaws: readonly Law[] = [...convolving, ...normalising];
