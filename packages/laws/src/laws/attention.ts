/** Attention among all pixels: weighted means of the values, head by head. */
import * as fc from "fast-check";
import { attentions } from "../attentions.ts";
import { definition, equation } from "../equation.ts";
import { evaluate } from "../evaluate.ts";
import { anything, dimensions, type Input, inputFrom, tensorOf } from "../inputs.ts";
import { type Law, law } from "../law.ts";
import { wholeImage } from "../shifted-windows.ts";
import { softmaxAttention } from "../softmax-attention.ts";

const inputs = attentions(4);

/** The image with its pixels moved on by one place; the last one comes first. Samples stay separate. */
const movedOn = (image: Input): Input => {
  const [, h, w, c] = dimensions(image);
  const size = h * w * c;
  return inputFrom("image", image.shape, (i) => {
    const sample = i - (i % size);
    return image.data[sample + (((i % size) - c + size) % size)] as number;
  });
};

export const attentionLaws: readonly Law[] = [
  definition({
    name: "attention is the softmax of scaled products, head by head",
    statement:
      "attention(q, k, v) = softmax(q k / sqrt(d)) v with d = c / heads, head k of channels k d .. (k + 1) d - 1",
    operations: ["attention"],
    inputs,
    tensors: ({ query, key, value }) => [query, key, value],
    program:
      ({ options }) =>
      (A, q, k, v) =>
        A.attention(q, k, v, options),
    expected: ({ options: { heads }, ...operands }) => {
      const [, h, w] = dimensions(operands.query);
      return softmaxAttention(operands, heads, wholeImage(h * w));
    },
  }),
  equation({
    name: "attention to equal values gives that value",
    statement: "attention(q, k, v) = v if v is the same at every pixel: the weights add up to 1",
    operations: ["attention", "stopGradient"],
    inputs,
    tensors: ({ query, key, value }) => {
      const [, h, w, c] = dimensions(value);
      const even = inputFrom(
        "image",
        value.shape,
        (i) => value.data[Math.floor(i / (h * w * c)) * h * w * c + (i % c)] as number,
      );
      return [query, key, even];
    },
    kind: () => "image",
    left:
      ({ options }) =>
      (A, q, k, v) =>
        A.attention(q, k, v, options),
    right: () => (A, _q, _k, v) => A.stopGradient(v),
  }),
  equation({
    name: "attention is linear in the values",
    statement: "attention(q, k, p v + w) = p attention(q, k, v) + attention(q, k, w)",
    operations: ["attention", "add", "scale"],
    inputs: inputs.chain((use) =>
      fc.record({ use: fc.constant(use), other: tensorOf("image", use.value.shape), p: anything }),
    ),
    tensors: ({ use: { query, key, value }, other }) => [query, key, value, other],
    kind: () => "image",
    left:
      ({ use: { options }, p }) =>
      (A, q, k, v, w) =>
        A.attention(q, k, A.add(A.scale(v, p), w), options),
    right:
      ({ use: { options }, p }) =>
      (A, q, k, v, w) =>
        A.add(A.scale(A.attention(q, k, v, options), p), A.attention(q, k, w, options)),
  }),
  equation({
    name: "attention does not depend on the order of the pixels attended to",
    statement: "attention(q, k, v) is the same if keys and values are moved to other pixels together",
    operations: ["attention"],
    inputs,
    tensors: ({ query, key, value }) => [query, key, value, movedOn(key), movedOn(value)],
    kind: () => "image",
    left:
      ({ options }) =>
      (A, q, k, v) =>
        A.attention(q, k, v, options),
    right:
      ({ options }) =>
      (A, q, _k, _v, k, v) =>
        A.attention(q, k, v, options),
  }),
  law({
    name: "attention does not overflow",
    statement:
      "attention(100 q, 100 k, v) = v at the pixel of the largest score, if q and k are (1, 0) and (0, 1)",
    operations: ["attention"],
    inputs: tensorOf("image", [1, 1, 2, 2]),
    holds: async (engine, equal, value) => {
      const scores = inputFrom("image", [1, 1, 2, 2], (i) => (i === 0 || i === 3 ? 100 : 0));
      const found = await evaluate(engine, "image", [scores, scores, value], (A, q, k, v) =>
        A.attention(q, k, v, { heads: 1 }),
      );
      return equal(found, value, 4);
    },
  }),
];
