/** Plants the easiest mistakes in activations, group norm, quantisation and closed sequences. A law must catch each. */
import { referenceAlgebra as R } from "@tadsr/core";
import { describe, it } from "vitest";
import { expectCaught, type Faults, map, withAlgebra } from "./caught.ts";
import {
  at,
  from,
  type Image,
  interleaved,
  inverse,
  reordered,
  shaped,
  sizeOf,
  transposed,
} from "./reshaping.ts";

const elementwise: Faults = [
  [
    "gelu is approximated by tanh",
    {
      gelu: (a) => map(a, (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))),
    },
    "gelu at known points",
  ],
  [
    "gelu is NaN far out",
    { gelu: (a) => map(R.gelu(a), (x) => (x > 50 ? Number.NaN : x)) },
    "gelu does not overflow",
  ],
  [
    "leakyRelu takes a slope of its own",
    { leakyRelu: (a) => R.leakyRelu(a, 0.2) },
    "leakyRelu scales negative numbers",
  ],
  [
    "leakyRelu is max(a, slope a)",
    { leakyRelu: (a, slope) => map(a, (x) => Math.max(x, slope * x)) },
    "leakyRelu scales negative numbers",
  ],
  [
    "prelu has one slope for all channels",
    { prelu: (a, slope) => R.leakyRelu(a, slope.data[0] as number) },
    "prelu is relu, with a slope for each channel below zero",
  ],
  [
    "prelu is max(a, slope a)",
    {
      prelu: (a, slope) =>
        from(a.shape, (i) => Math.max(at(a, i), at(a, i) * (slope.data[i % slope.data.length] as number))),
    },
    "prelu is relu, with a slope for each channel below zero",
  ],
  [
    "prelu takes slopes by the pixel",
    {
      prelu: (a, slope) =>
        from(a.shape, (i) => {
          const [c, x] = [slope.data.length, at(a, i)];
          return x > 0 ? x : x * (slope.data[Math.floor(i / c) % c] as number);
        }),
    },
    "prelu is relu, with a slope for each channel below zero",
  ],
  [
    "linear on an image forgets its bias",
    { linear: (a, w, bias) => R.linear(a, w, a.shape.length === 4 ? null : bias) },
    "linear on an image is a convolution of one pixel",
  ],
];

const definitionOfGroupNorm = "groupNorm uses the mean and the population variance of each group";

const groupNorms: Faults = [
  [
    "groupNorm takes channels in turns",
    {
      groupNorm: (a, w, b, options) => {
        const order = interleaved(sizeOf(a)[3], options.groups);
        const [x, weight, bias] = [a, w, b].map((t) => reordered(t, order)) as [Image, Image, Image];
        return reordered(R.groupNorm(x, weight, bias, options), inverse(order));
      },
    },
    definitionOfGroupNorm,
  ],
  [
    "groupNorm has the variance of a sample",
    {
      groupNorm: (a, w, b, { groups, epsilon }) => {
        const [, h, width, c] = sizeOf(a);
        const share = Math.max(1, (h * width * c) / groups - 1) / ((h * width * c) / groups);
        return R.groupNorm(a, R.scale(w, Math.sqrt(share)), b, { groups, epsilon: epsilon * share });
      },
    },
    definitionOfGroupNorm,
  ],
  [
    "groupNorm forgets epsilon",
    { groupNorm: (a, w, b, { groups }) => R.groupNorm(a, w, b, { groups, epsilon: 1e-12 }) },
    definitionOfGroupNorm,
  ],
  [
    "groupNorm takes the whole batch together",
    {
      groupNorm: (a, w, b, options) => {
        const [n, h, width, c] = sizeOf(a);
        return shaped(a.shape, R.groupNorm(shaped([1, n * h, width, c], a), w, b, options));
      },
    },
    definitionOfGroupNorm,
  ],
  [
    "groupNorm takes each pixel by itself",
    {
      groupNorm: (a, w, b, options) => {
        const [n, h, width, c] = sizeOf(a);
        return shaped(a.shape, R.groupNorm(shaped([n * h * width, 1, 1, c], a), w, b, options));
      },
    },
    definitionOfGroupNorm,
  ],
  [
    "groupNorm does not subtract the mean",
    {
      // With -a beside a, the mean is 0 and the variance is the mean square.
      groupNorm: (a, w, b, options) => {
        const [n, h, width, c] = sizeOf(a);
        const size = h * width * c;
        const mirrored = from([n, 2 * h, width, c], (i) => {
          const [sample, place] = [Math.floor(i / (2 * size)), i % (2 * size)];
          return place < size ? at(a, sample * size + place) : -at(a, sample * size + place - size);
        });
        const result = R.groupNorm(mirrored, w, b, options);
        return from(a.shape, (i) => at(result, Math.floor(i / size) * 2 * size + (i % size)));
      },
    },
    "groupNorm has mean zero in each group",
  ],
  [
    "groupNorm sees what is added",
    { groupNorm: (a, w, b, options) => R.add(R.groupNorm(a, w, b, options), R.scale(a, 0.01)) },
    "groupNorm does not change if a constant is added to a group",
  ],
];

const codebooks: Faults = [
  [
    "nearestIndices takes the last of equals",
    {
      nearestIndices: (a, codebook) => {
        const [rows, c] = codebook.shape as [number, number];
        const reversed = from([rows, c], (i) => at(codebook, (rows - 1 - Math.floor(i / c)) * c + (i % c)));
        return map(R.nearestIndices(a, reversed), (row) => rows - 1 - row);
      },
    },
    "nearestIndices takes the first of the nearest rows",
  ],
  [
    "nearestIndices forgets the 2 of |e|^2 - 2 z e",
    { nearestIndices: (a, codebook) => R.nearestIndices(R.scale(a, 0.5), codebook) },
    "nearestIndices never takes a row that is farther than another",
  ],
  [
    "nearestIndices counts from one",
    { nearestIndices: (a, codebook) => R.offset(R.nearestIndices(a, codebook), 1) },
    "nearestIndices never takes a row that is farther than another",
  ],
  [
    "takeRows takes the next row",
    {
      takeRows: (indices, codebook) =>
        R.takeRows(
          map(indices, (row) => (row + 1) % (codebook.shape[0] as number)),
          codebook,
        ),
    },
    "takeRows takes the rows with the given numbers",
  ],
  [
    "takeRows reads its codebook by columns",
    {
      takeRows: (indices, codebook) => {
        const [rows, c] = codebook.shape as [number, number];
        return R.takeRows(
          indices,
          from([rows, c], (i) => at(codebook, (i % c) * rows + Math.floor(i / c))),
        );
      },
    },
    "takeRows of nearestIndices keeps pixels that are in the codebook",
  ],
];

const oneTap = "sequenceConvolution correlates in a circle: one tap rotates the sequence";

const flippedTaps = (weight: Image): Image => {
  const taps = weight.shape[2] as number;
  return from(weight.shape, (i) => at(weight, i - (i % taps) + (taps - 1 - (i % taps))));
};

const sequences: Faults = [
  [
    "sequenceConvolution pads with zeros",
    {
      sequenceConvolution: (a, weight, bias) => {
        const [n, h, w, c] = sizeOf(a);
        const [o = 1, i = 1, k = 1] = weight.shape;
        const half = (k - 1) / 2;
        const padding = { top: 0, bottom: 0, left: half, right: half };
        const row = shaped([n, 1, h * w, c], a);
        const result = R.conv2d(row, shaped([o, i, 1, k], weight), bias, { stride: 1, padding });
        return shaped([n, h, w, o], result);
      },
    },
    "sequenceConvolution commutes with rotations",
  ],
  [
    "sequenceConvolution flips its kernel",
    { sequenceConvolution: (a, weight, bias) => R.sequenceConvolution(a, flippedTaps(weight), bias) },
    oneTap,
  ],
  [
    "sequenceConvolution goes column after column",
    {
      sequenceConvolution: (a, weight, bias) =>
        transposed(R.sequenceConvolution(transposed(a), weight, bias)),
    },
    oneTap,
  ],
  [
    "sequenceConvolution closes the whole batch",
    {
      sequenceConvolution: (a, weight, bias) => {
        const [n, h, w, c] = sizeOf(a);
        const result = R.sequenceConvolution(shaped([1, n * h, w, c], a), weight, bias);
        return shaped([n, h, w, weight.shape[0] as number], result);
      },
    },
    oneTap,
  ],
  [
    "sequenceConvolution adds one",
    { sequenceConvolution: (a, w, b) => R.offset(R.sequenceConvolution(a, w, b), 1) },
    "sequenceConvolution is linear in the image",
  ],
  [
    "sequenceConvolution takes the size of its weight",
    { sequenceConvolution: (a, w, b) => R.sequenceConvolution(a, R.abs(w), b) },
    "sequenceConvolution is linear in the weight",
  ],
  [
    "sequenceConvolution forgets its bias",
    { sequenceConvolution: (a, w) => R.sequenceConvolution(a, w, null) },
    "sequenceConvolution with one tap is linear",
  ],
];

/** v in the order [k, i], as for a weight that is stored as [k, i, o]. */
const tapsFirst = (v: Image, { shape: [, i = 1, k = 1] }: Image): Image =>
  from(v.shape, (place) => at(v, (place % k) * i + Math.floor(place / k)));

const spectral: Faults = [
  [
    "spectralNormalize has its matrix with taps before channels",
    { spectralNormalize: (w, u, v) => R.spectralNormalize(w, u, tapsFirst(v, w)) },
    "spectralNormalize divides by u W v",
  ],
  [
    "spectralNormalize divides by the size of sigma",
    {
      spectralNormalize: (w, u, v) => {
        const result = R.spectralNormalize(w, u, v);
        return R.scale(result, Math.sign(at(result, 0) * at(w, 0)));
      },
    },
    "spectralNormalize divides by u W v",
  ],
  [
    "spectralNormalize does not divide",
    { spectralNormalize: (w) => w },
    "spectralNormalize does not depend on the scale of its weight",
  ],
  [
    "leftSingular is not a unit vector",
    { leftSingular: (w, v) => R.scale(R.leftSingular(w, v), 2) },
    "leftSingular is W v made a unit vector",
  ],
  [
    "leftSingular has its matrix with taps before channels",
    { leftSingular: (w, v) => R.leftSingular(w, tapsFirst(v, w)) },
    "leftSingular is W v made a unit vector",
  ],
  [
    "rightSingular has its matrix with taps before channels",
    {
      rightSingular: (w, u) =>
        tapsFirst(R.rightSingular(w, u), {
          ...w,
          shape: [w.shape[0] ?? 1, w.shape[2] ?? 1, w.shape[1] ?? 1],
        }),
    },
    "rightSingular is the transposed W u made a unit vector",
  ],
  [
    "singular vectors divide by zero",
    { rightSingular: (w, u) => map(R.rightSingular(w, u), (x) => (x === 0 ? Number.NaN : x)) },
    "leftSingular and rightSingular of zeros are zeros",
  ],
];

const faults: Faults = [...elementwise, ...groupNorms, ...codebooks, ...sequences, ...spectral];

describe("a broken algebra is caught", () => {
  it.each(faults)("%s", async (_fault, changed, law) => {
    await expectCaught(withAlgebra(changed), law);
  });
});
