/** The operations that rearrange, join and normalise images. */
import * as fc from "fast-check";
import { definition, equation } from "../equation.ts";
import { evaluate } from "../evaluate.ts";
import {
  awayFromZero,
  dimensions,
  type Input,
  imageShapes,
  inputFrom,
  numbers,
  tensorOf,
  upTo,
} from "../inputs.ts";
import { type Law, law } from "../law.ts";

const imageAndFactor = fc.record({ shape: imageShapes(3), factor: upTo(3) }).chain(({ shape, factor }) =>
  fc.record({
    /** [n, h, w, c] */
    small: tensorOf("image", shape),
    /** [n, h f, w f, c] */
    wide: tensorOf("image", [shape[0], shape[1] * factor, shape[2] * factor, shape[3]]),
    /** [n, h, w, c f f] */
    deep: tensorOf("image", [shape[0], shape[1], shape[2], shape[3] * factor * factor]),
    factor: fc.constant(factor),
  }),
);

const rearranging: readonly Law[] = [
  definition({
    name: "upsampleNearest repeats every pixel",
    statement: "upsampleNearest(a, f)[n, y, x, c] = a[n, floor(y / f), floor(x / f), c]",
    operations: ["upsampleNearest"],
    inputs: imageAndFactor,
    tensors: ({ small }) => [small],
    program:
      ({ factor }) =>
      (A, a) =>
        A.upsampleNearest(a, factor),
    expected: ({ small, wide, factor: f }) => {
      const [, h, w, c] = dimensions(small);
      return inputFrom("image", wide.shape, (i) => {
        const [channel, x] = [i % c, Math.floor(i / c) % (w * f)];
        const [y, n] = [Math.floor(i / (c * w * f)) % (h * f), Math.floor(i / (c * w * f * h * f))];
        return small.data[((n * h + Math.floor(y / f)) * w + Math.floor(x / f)) * c + channel] as number;
      });
    },
  }),
  definition({
    name: "spaceToDepth keeps PyTorch's channel order",
    statement: "spaceToDepth(a, f)[n, h, w, c f f + y f + x] = a[n, h f + y, w f + x, c]",
    operations: ["spaceToDepth"],
    inputs: imageAndFactor,
    tensors: ({ wide }) => [wide],
    program:
      ({ factor }) =>
      (A, a) =>
        A.spaceToDepth(a, factor),
    expected: ({ small, wide, deep, factor: f }) => {
      const [, h, w, c] = dimensions(small);
      return inputFrom("image", deep.shape, (i) => {
        const channels = c * f * f;
        const [k, pixel] = [i % channels, Math.floor(i / channels)];
        const [x, y, n] = [pixel % w, Math.floor(pixel / w) % h, Math.floor(pixel / (w * h))];
        const [channel, dy, dx] = [Math.floor(k / (f * f)), Math.floor(k / f) % f, k % f];
        return wide.data[((n * h * f + y * f + dy) * w * f + x * f + dx) * c + channel] as number;
      });
    },
  }),
  equation({
    name: "depthToSpace undoes spaceToDepth",
    statement: "depthToSpace(spaceToDepth(a, f), f) = a",
    operations: ["depthToSpace", "spaceToDepth", "stopGradient"],
    inputs: imageAndFactor,
    tensors: ({ wide }) => [wide],
    kind: () => "image",
    left:
      ({ factor }) =>
      (A, a) =>
        A.depthToSpace(A.spaceToDepth(a, factor), factor),
    right: () => (A, a) => A.stopGradient(a),
  }),
  equation({
    name: "spaceToDepth undoes depthToSpace",
    statement: "spaceToDepth(depthToSpace(a, f), f) = a",
    operations: ["depthToSpace", "spaceToDepth", "stopGradient"],
    inputs: imageAndFactor,
    tensors: ({ deep }) => [deep],
    kind: () => "image",
    left:
      ({ factor }) =>
      (A, a) =>
        A.spaceToDepth(A.depthToSpace(a, factor), factor),
    right: () => (A, a) => A.stopGradient(a),
  }),
];

const parts = imageShapes(3).chain(([n, h, w]) =>
  fc.array(
    upTo(4).chain((c) => tensorOf("image", [n, h, w, c])),
    { minLength: 1, maxLength: 3 },
  ),
);

const channelsOf = (image: Input | undefined): number => (image === undefined ? 0 : dimensions(image)[3]);

const cuts = (kind: "image" | "matrix"): fc.Arbitrary<{ a: Input; start: number; length: number }> =>
  fc
    .record({ lead: imageShapes(3), before: fc.nat(3), length: upTo(3), after: fc.nat(3) })
    .chain(({ lead: [n, h, w], before, length, after }) => {
      const c = before + length + after;
      return fc.record({
        a: tensorOf(kind, kind === "image" ? [n, h, w, c] : [n, c]),
        start: fc.constant(before),
        length: fc.constant(length),
      });
    });

const joining: readonly Law[] = [
  ...[0, 1, 2].map((which) =>
    equation({
      name: `sliceChannels takes part ${which + 1} out of concatChannels`,
      statement: "the channels of part k, sliced out of the parts joined, are part k",
      operations: ["concatChannels", "sliceChannels", "stopGradient"],
      inputs: parts.filter((images) => images.length > which),
      tensors: (images) => images,
      kind: () => "image",
      left:
        (images) =>
        (A, ...all) => {
          const start = images.slice(0, which).reduce((sum, image) => sum + channelsOf(image), 0);
          return A.sliceChannels(A.concatChannels(all), start, channelsOf(images[which]));
        },
      right:
        () =>
        (A, ...all) =>
          A.stopGradient(all[which] ?? A.concatChannels([])),
    }),
  ),
  equation({
    name: "concatChannels puts the slices of an image together",
    statement: "concat(a[..k], a[k..]) = a",
    operations: ["concatChannels", "sliceChannels", "stopGradient"],
    inputs: cuts("image"),
    tensors: ({ a }) => [a],
    kind: () => "image",
    left:
      ({ a, start, length }) =>
      (A, x) => {
        const [end, c] = [start + length, channelsOf(a)];
        return A.concatChannels([
          ...(start > 0 ? [A.sliceChannels(x, 0, start)] : []),
          A.sliceChannels(x, start, length),
          ...(end < c ? [A.sliceChannels(x, end, c - end)] : []),
        ]);
      },
    right: () => (A, x) => A.stopGradient(x),
  }),
  definition({
    name: "sliceChannels takes columns of a matrix",
    statement: "sliceChannels(a, start, length)[n, k] = a[n, start + k]",
    operations: ["sliceChannels"],
    inputs: cuts("matrix"),
    tensors: ({ a }) => [a],
    program:
      ({ start, length }) =>
      (A, x) =>
        A.sliceChannels(x, start, length),
    expected: ({ a, start, length }) => {
      const [n, c] = a.shape as [number, number];
      return inputFrom(
        "matrix",
        [n, length],
        (i) => a.data[Math.floor(i / length) * c + start + (i % length)] as number,
      );
    },
  }),
];

const normalising: readonly Law[] = [
  law({
    name: "channelNorm makes the mean square over channels one",
    statement: "mean_c channelNorm(a, 0)^2 = 1 at every pixel",
    operations: ["channelNorm"],
    inputs: imageShapes().chain((shape) => tensorOf("image", shape, awayFromZero)),
    holds: async (engine, equal, a) => {
      const [n, h, w, c] = dimensions(a);
      const found = await evaluate(engine, "image", [a], (A, x) => A.channelNorm(x, 0));
      const squares = inputFrom("vector", [n * h * w], (pixel) =>
        Float64Array.from(found.data)
          .subarray(pixel * c, (pixel + 1) * c)
          .reduce((sum, x) => sum + (x * x) / c, 0),
      );
      return equal(
        squares,
        inputFrom("vector", [n * h * w], () => 1),
        1,
      );
    },
  }),
  equation({
    name: "channelNorm does not depend on the scale of its input",
    statement: "channelNorm(p a, 0) = channelNorm(a, 0) for p > 0",
    operations: ["channelNorm", "scale"],
    inputs: imageShapes().chain((shape) =>
      fc.record({ a: tensorOf("image", shape, awayFromZero), p: numbers(0.25, 4) }),
    ),
    tensors: ({ a }) => [a],
    kind: () => "image",
    left:
      ({ p }) =>
      (A, a) =>
        A.channelNorm(A.scale(a, p), 0),
    right: () => (A, a) => A.channelNorm(a, 0),
  }),
  definition({
    name: "channelNorm adds epsilon under the root",
    statement: "channelNorm(a, e)[n, y, x, c] = a[n, y, x, c] / sqrt(mean_c a[n, y, x, c]^2 + e)",
    operations: ["channelNorm"],
    inputs: imageShapes().chain((shape) =>
      fc.record({ a: tensorOf("image", shape), epsilon: numbers(0.125, 2) }),
    ),
    tensors: ({ a }) => [a],
    program:
      ({ epsilon }) =>
      (A, a) =>
        A.channelNorm(a, epsilon),
    expected: ({ a, epsilon }) => {
      const c = dimensions(a)[3];
      return inputFrom("image", a.shape, (i) => {
        const pixel = Math.floor(i / c) * c;
        const square = a.data.slice(pixel, pixel + c).reduce((sum, x) => sum + (x * x) / c, 0);
        return (a.data[i] as number) / Math.sqrt(square + epsilon);
      });
    },
  }),
];

const modulation = imageShapes().chain((shape) => {
  const matrix = tensorOf("matrix", [shape[0], shape[3]]);
  return fc.record({ a: tensorOf("image", shape), gamma: matrix, beta: matrix });
});

const modulating: readonly Law[] = [
  equation({
    name: "modulate by zeros changes nothing",
    statement: "modulate(a, 0, 0) = a",
    operations: ["modulate", "scale", "stopGradient"],
    inputs: modulation,
    tensors: ({ a, gamma }) => [a, gamma],
    kind: () => "image",
    left: () => (A, a, gamma) => A.modulate(a, A.scale(gamma, 0), A.scale(gamma, 0)),
    right: () => (A, a) => A.stopGradient(a),
  }),
  equation({
    name: "modulate without a scale only shifts",
    statement: "modulate(a, null, b) = modulate(a, 0, b)",
    operations: ["modulate", "scale"],
    inputs: modulation,
    tensors: ({ a, beta }) => [a, beta],
    kind: () => "image",
    left: () => (A, a, beta) => A.modulate(a, null, beta),
    right: () => (A, a, beta) => A.modulate(a, A.scale(beta, 0), beta),
  }),
  definition({
    name: "modulate scales and shifts the channels of each sample",
    statement: "modulate(a, g, b)[n, y, x, c] = a[n, y, x, c] (1 + g[n, c]) + b[n, c]",
    operations: ["modulate"],
    inputs: modulation,
    tensors: ({ a, gamma, beta }) => [a, gamma, beta],
    program: () => (A, a, gamma, beta) => A.modulate(a, gamma, beta),
    expected: ({ a, gamma, beta }) => {
      const [, h, w, c] = dimensions(a);
      return inputFrom("image", a.shape, (i) => {
        const entry = Math.floor(i / (h * w * c)) * c + (i % c);
        return (a.data[i] as number) * (1 + (gamma.data[entry] as number)) + (beta.data[entry] as number);
      });
    },
  }),
];

export const imageLaws: readonly Law[] = [...rearranging, ...joining, ...normalising, ...modulating];
