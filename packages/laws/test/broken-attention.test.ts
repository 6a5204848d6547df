/** Plants the mistakes that are easiest to make in attention. A law must catch each. */
import { type Algebra, referenceAlgebra as R, type WindowOptions } from "@tadsr/core";
import { describe, it } from "vitest";
import { expectCaught, type Faults, map, withAlgebra } from "./caught.ts";
import {
  at,
  from,
  type Image,
  interleaved,
  inverse,
  reordered,
  rolled,
  shaped,
  sizeOf,
  transposed,
} from "./reshaping.ts";

/** The table of positions with its rows (dy, dx) numbered in another way. */
const renumbered = (
  positions: Image,
  { window, heads }: WindowOptions,
  row: (dy: number, dx: number, side: number) => number,
): Image => {
  const side = 2 * window - 1;
  return from(positions.shape, (i) => {
    const place = Math.floor(i / heads);
    return at(positions, row(Math.floor(place / side), place % side, side) * heads + (i % heads));
  });
};

const definitionOfAttention = "attention is the softmax of scaled products, head by head";

const attentions: Faults = [
  [
    "attention takes the channels of heads in turns",
    {
      attention: (q, k, v, options) => {
        const order = interleaved(sizeOf(q)[3], options.heads);
        const [query, key, value] = [q, k, v].map((t) => reordered(t, order)) as [Image, Image, Image];
        return reordered(R.attention(query, key, value, options), inverse(order));
      },
    },
    definitionOfAttention,
  ],
  [
    "attention scales by all channels",
    { attention: (q, k, v, options) => R.attention(R.scale(q, Math.sqrt(1 / options.heads)), k, v, options) },
    definitionOfAttention,
  ],
  [
    "attention does not scale",
    {
      attention: (q, k, v, { heads }) =>
        R.attention(R.scale(q, Math.sqrt(sizeOf(q)[3] / heads)), k, v, { heads }),
    },
    definitionOfAttention,
  ],
  [
    "attention has one head",
    { attention: (q, k, v) => R.attention(q, k, v, { heads: 1 }) },
    definitionOfAttention,
  ],
  [
    "attention has query and key the wrong way round",
    { attention: (q, k, v, options) => R.attention(k, q, v, options) },
    definitionOfAttention,
  ],
  [
    "attention looks into other samples",
    {
      attention: (q, k, v, options) => {
        const [n, h, w, c] = sizeOf(q);
        const [query, key, value] = [q, k, v].map((t) => shaped([1, n * h, w, c], t)) as [
          Image,
          Image,
          Image,
        ];
        return shaped(q.shape, R.attention(query, key, value, options));
      },
    },
    definitionOfAttention,
  ],
  [
    "attention's weights do not add up to one",
    { attention: (q, k, v, options) => R.scale(R.attention(q, k, v, options), 0.999) },
    "attention to equal values gives that value",
  ],
  [
    "attention weighs the values' squares",
    { attention: (q, k, v, options) => R.attention(q, k, R.square(v), options) },
    "attention is linear in the values",
  ],
  [
    "attention sees where its keys are",
    {
      attention: (q, k, v, options) => {
        const places = from(k.shape, (i) => Math.floor(i / sizeOf(k)[3]) / 8);
        return R.attention(q, R.add(k, places), v, options);
      },
    },
    "attention does not depend on the order of the pixels attended to",
  ],
  [
    "attention's exponentials overflow",
    {
      attention: (q, k, v, options) => {
        const most = Math.max(...q.data) * Math.max(...k.data);
        return map(R.attention(q, k, v, options), (x) => (most > 709 ? Number.NaN : x));
      },
    },
    "attention does not overflow",
  ],
];

const ofPaper = "windowAttention is the paper's: pad, shift, cut, mask";
const ofAuthors =
  "windowAttention with edges wrapped is the authors': only the last row is masked, by columns";

/** Attention in windows that gets other options, or another table, than those it was called with. */
const windows = (
  change: (options: WindowOptions) => WindowOptions,
  table: (positions: Image, options: WindowOptions) => Image = (positions) => positions,
): Partial<Algebra<Image>> => ({
  windowAttention: (q, k, v, positions, options) =>
    R.windowAttention(q, k, v, table(positions, options), change(options)),
});

const same = (options: WindowOptions): WindowOptions => options;

const windowAttentions: Faults = [
  [
    "the grid is shifted up and left",
    windows((o) => ({ ...o, shift: (o.window - o.shift) % o.window })),
    ofPaper,
  ],
  ["the grid is not shifted", windows((o) => ({ ...o, shift: 0 })), ofPaper],
  [
    "the positions have query and key the wrong way round",
    windows(same, (positions, options) =>
      renumbered(positions, options, (dy, dx, side) => (side - 1 - dy) * side + side - 1 - dx),
    ),
    ofPaper,
  ],
  [
    "the positions have rows and columns the wrong way round",
    windows(same, (positions, options) => renumbered(positions, options, (dy, dx, side) => dx * side + dy)),
    ofPaper,
  ],
  [
    "the positions are stored head after head",
    windows(same, (positions, { heads }) => {
      const rows = positions.data.length / heads;
      return from(positions.shape, (i) => at(positions, (i % heads) * rows + Math.floor(i / heads)));
    }),
    ofPaper,
  ],
  ["the positions are forgotten", windows(same, (positions) => R.scale(positions, 0)), ofPaper],
  [
    "what the shift brings together is not masked",
    {
      windowAttention: (q, k, v, positions, options) => {
        const [, h, w] = sizeOf(q);
        const { window, shift } = options;
        if (h % window !== 0 || w % window !== 0) return R.windowAttention(q, k, v, positions, options);
        const [query, key, value] = [q, k, v].map((t) => rolled(t, shift)) as [Image, Image, Image];
        return rolled(R.windowAttention(query, key, value, positions, { ...options, shift: 0 }), -shift);
      },
    },
    "windowAttention does not look across the edge of a window",
  ],
  [
    "padding is attended to",
    {
      windowAttention: (q, k, v, positions, options) => {
        const [n, h, w, c] = sizeOf(q);
        const [tall, wide] = [h, w].map((side) => Math.ceil(side / options.window) * options.window) as [
          number,
          number,
        ];
        const padded = (t: Image): Image =>
          from([n, tall, wide, c], (i) => {
            const [y, x] = [Math.floor(i / (c * wide)) % tall, Math.floor(i / c) % wide];
            const sample = Math.floor(i / (c * wide * tall));
            return y < h && x < w ? at(t, ((sample * h + y) * w + x) * c + (i % c)) : 0;
          });
        const found = R.windowAttention(padded(q), padded(k), padded(v), positions, options);
        return from(q.shape, (i) => {
          const [x, y, sample] = [
            Math.floor(i / c) % w,
            Math.floor(i / (c * w)) % h,
            Math.floor(i / (c * w * h)),
          ];
          return at(found, ((sample * tall + y) * wide + x) * c + (i % c));
        });
      },
    },
    ofPaper,
  ],
  ["edges are separate throughout", windows((o) => ({ ...o, edges: "separate" })), ofAuthors],
  ["edges are wrapped throughout", windows((o) => ({ ...o, edges: "wrapped" })), ofPaper],
  [
    "wrapped, the last column is masked by rows",
    {
      windowAttention: (q, k, v, positions, options) => {
        const table = renumbered(positions, options, (dy, dx, side) => dx * side + dy);
        return transposed(R.windowAttention(transposed(q), transposed(k), transposed(v), table, options));
      },
    },
    ofAuthors,
  ],
  [
    "one window is shifted after all",
    windows((o) => ({ ...o, shift: Math.floor(o.window / 2) })),
    "windowAttention in one window is attention",
  ],
  [
    "the positions are factors",
    {
      windowAttention: (q, k, v, positions, options) =>
        R.windowAttention(q, R.scale(k, at(positions, 0)), v, positions, options),
    },
    "windowAttention does not change if a constant is added to its positions",
  ],
  [
    "windows of one pixel are scaled",
    { windowAttention: (q, k, v, b, options) => R.scale(R.windowAttention(q, k, v, b, options), 0.999) },
    "windowAttention in windows of one pixel gives the values",
  ],
];

const faults: Faults = [...attentions, ...windowAttentions];

describe("a broken algebra is caught", () => {
  it.each(faults)("%s", async (_fault, changed, law) => {
    await expectCaught(withAlgebra(changed), law);
  });
});
