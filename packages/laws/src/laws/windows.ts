/** Attention within shifted windows, compared with the construction in the paper of Swin Transformers. */
import * as fc from "fast-check";
import { attentions, type WindowAttention, windowAttentions } from "../attentions.ts";
import { type Definition, definition, equation } from "../equation.ts";
import { dimensions, gentle, inputFrom } from "../inputs.ts";
import type { Law } from "../law.ts";
import { shiftedWindows } from "../shifted-windows.ts";
import { softmaxAttention } from "../softmax-attention.ts";

type Attend = Pick<Definition<WindowAttention>, "tensors" | "program">;

const attend: Attend = {
  tensors: ({ query, key, value, positions }) => [query, key, value, positions],
  program:
    ({ options }) =>
    (A, q, k, v, positions) =>
      A.windowAttention(q, k, v, positions, options),
};

const ofPaper = (name: string, statement: string, inputs: fc.Arbitrary<WindowAttention>): Law =>
  definition({
    name,
    statement,
    operations: ["windowAttention"],
    cost: 1 / 4,
    inputs,
    ...attend,
    expected: ({ options, ...operands }) => {
      const [, h, w] = dimensions(operands.query);
      return softmaxAttention(operands, options.heads, shiftedWindows([h, w], options));
    },
  });

const withEdges = (edges: "separate" | "wrapped") =>
  windowAttentions(9, 5).map((use) => ({ ...use, options: { ...use.options, edges } }));

/** An image, and a pixel of it to be changed by a given amount. */
const changed = windowAttentions(6, 4).chain((use) =>
  fc.record({
    use: fc.constant({ ...use, options: { ...use.options, edges: "separate" as const } }),
    at: fc.nat(1023),
    by: gentle,
  }),
);

export const windowLaws: readonly Law[] = [
  ofPaper(
    "windowAttention is the paper's: pad, shift, cut, mask",
    "softmax(q k / sqrt(d) + B) v in windows of the cyclically shifted image; a mask separates former non-neighbours",
    withEdges("separate"),
  ),
  ofPaper(
    "windowAttention with edges wrapped is the authors': only the last row is masked, by columns",
    "as the paper's, but opposite edges of the image are joined except within the last row of windows",
    withEdges("wrapped"),
  ),
  equation({
    name: "windowAttention in one window is attention",
    statement: "windowAttention = attention if one window covers the image, unshifted, and positions are 0",
    operations: ["windowAttention", "attention"],
    inputs: fc.tuple(attentions(4), fc.nat(2)).map(([use, larger]) => {
      const [, h, w] = dimensions(use.query);
      return { ...use, window: Math.max(h, w) + larger };
    }),
    tensors: ({ query, key, value, window, options: { heads } }) => [
      query,
      key,
      value,
      inputFrom("matrix", [(2 * window - 1) ** 2, heads], () => 0),
    ],
    kind: () => "image",
    left:
      ({ window, options }) =>
      (A, q, k, v, positions) =>
        A.windowAttention(q, k, v, positions, { ...options, window, shift: 0 }),
    right:
      ({ options }) =>
      (A, q, k, v) =>
        A.attention(q, k, v, options),
  }),
  equation({
    name: "windowAttention does not look across the edge of a window",
    statement:
      "a change of a key and its value changes no result in another window, floor((y - shift) / window)",
    operations: ["windowAttention", "multiply"],
    inputs: changed,
    tensors: ({ use: { query, key, value, positions, options }, at, by }) => {
      const [, h, w, c] = dimensions(query);
      const pixel = at % (h * w);
      const windowOf = (place: number): string => {
        const [y, x] = [Math.floor(place / w), place % w];
        const along = (coordinate: number) => Math.floor((coordinate - options.shift) / options.window);
        return `${along(y)} ${along(x)}`;
      };
      const pixelOf = (i: number): number => Math.floor(i / c) % (h * w);
      const change = inputFrom("image", query.shape, (i) => (pixelOf(i) === pixel ? by : 0));
      const elsewhere = inputFrom("image", query.shape, (i) =>
        windowOf(pixelOf(i)) === windowOf(pixel) ? 0 : 1,
      );
      return [query, key, value, positions, change, elsewhere];
    },
    kind: () => "image",
    left:
      ({ use: { options } }) =>
      (A, q, k, v, positions, _change, elsewhere) =>
        A.multiply(A.windowAttention(q, k, v, positions, options), elsewhere),
    right:
      ({ use: { options } }) =>
      (A, q, k, v, positions, change, elsewhere) =>
        A.multiply(A.windowAttention(q, A.add(k, change), A.add(v, change), positions, options), elsewhere),
  }),
  equation({
    name: "windowAttention does not change if a constant is added to its positions",
    statement:
      "windowAttention(q, k, v, B + p) = windowAttention(q, k, v, B): only differences of scores count",
    operations: ["windowAttention", "offset"],
    inputs: fc.record({ use: windowAttentions(6, 4), p: gentle }),
    tensors: ({ use }) => attend.tensors(use),
    kind: () => "image",
    left:
      ({ use: { options }, p }) =>
      (A, q, k, v, positions) =>
        A.windowAttention(q, k, v, A.offset(positions, p), options),
    right: ({ use }) => attend.program(use),
  }),
  equation({
    name: "windowAttention in windows of one pixel gives the values",
    statement: "windowAttention(q, k, v, B) = v if the window is 1",
    operations: ["windowAttention", "stopGradient"],
    inputs: windowAttentions(6, 1),
    ...attend,
    kind: () => "image",
    left: attend.program,
    right: () => (A, _q, _k, v) => A.stopGradient(v),
  }),
];
