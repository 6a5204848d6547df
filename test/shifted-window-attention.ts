/**
 * Window attention step by step as in the paper of Swin Transformers (arXiv 2103.14030, section 3.2 and equation 4),
 * slowly and in float64: pad to multiples of the window, shift the image cyclically up and left, divide it into windows
 * of M x M, attend within each with a bias B[dy, dx] and a mask, join the windows, shift back, crop. It shares no code
 * with an interpreter of the algebra.
 */

/** A number for each [row][column][channel]. */
export type Picture = readonly (readonly (readonly number[])[])[];

/**
 * A number for each [2 M - 1][2 M - 1][head]: indexed by how many rows and columns a query is below and right of its
 * key.
 */
export type Table = Picture;

export interface ShiftedWindows {
  readonly heads: number;
  readonly window: number;
  readonly shift: number;
  /** The paper's mask, or the one that the authors of the networks trained with. */
  readonly mask: "paper" | "authors";
}

/** The steps in which a mistake may be made. A test replaces one to see that the mistake is noticed. */
export interface Steps {
  /** The place from which the cyclic shift takes the number at `place`, in a line of `size`. */
  readonly source: (place: number, size: number, shift: number) => number;
  /** Whether two tokens of a window are separated. */
  readonly apart: (query: Token, key: Token) => boolean;
  /** Rows and columns of the table for a query and a key. */
  readonly offset: (query: Token, key: Token) => readonly [dy: number, dx: number];
  /** The divisor of scores, from the channels and the heads. */
  readonly divisor: (channels: number, heads: number) => number;
  /** The head that a channel belongs to. */
  readonly headOf: (channel: number, channels: number, heads: number) => number;
}

interface Token {
  /** Place in the window. */
  readonly y: number;
  readonly x: number;
  /** The region that it comes from, among those that the cyclic shift has brought together. */
  readonly region: string;
  readonly isPadding: boolean;
}

export const paperSteps: Steps = {
  source: (place, size, shift) => (place + shift) % size,
  apart: (query, key) => key.isPadding || query.region !== key.region,
  offset: (query, key) => [query.y - key.y, query.x - key.x],
  divisor: (channels, heads) => Math.sqrt(channels / heads),
  headOf: (channel, channels, heads) => Math.floor(channel / (channels / heads)),
};

const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

const get = (picture: Picture, y: number, x: number, channel: number): number => {
  const value = picture[y]?.[x]?.[channel];
  if (value === undefined) throw new Error(`no element at ${y}, ${x}, ${channel}`);
  return value;
};

/**
 * The shifted image consists of what was there before (all except the last `shift` lines) and what came from the other
 * end. Within a window only tokens of one region are neighbours in the image, so the windows before the last need no
 * further distinction.
 */
const cameRound = (place: number, size: number, shift: number): boolean => place >= size - shift;

/** softmax(q k / sqrt(d) + B + mask) v for one query of a window, in the channels of its head. */
const mixed = (scores: readonly number[], values: readonly number[]): number => {
  const largest = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - largest));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.reduce((sum, share, j) => sum + (share / total) * (values[j] ?? Number.NaN), 0);
};

export const shiftedWindowAttention = (
  [query, key, value]: readonly [Picture, Picture, Picture],
  table: Table,
  { heads, window: M, shift, mask }: ShiftedWindows,
  steps: Steps = paperSteps,
): Picture => {
  const [h, w] = [query.length, query[0]?.length ?? 0];
  const channels = query[0]?.[0]?.length ?? 0;
  const [tall, wide] = [Math.ceil(h / M) * M, Math.ceil(w / M) * M];
  const padded = (picture: Picture): Picture =>
    range(tall).map((y) =>
      range(wide).map((x) => (y < h && x < w ? (picture[y]?.[x] ?? []) : range(channels).map(() => 0))),
    );
  const shifted = (picture: Picture): Picture =>
    range(tall).map((y) =>
      range(wide).map((x) => picture[steps.source(y, tall, shift)]?.[steps.source(x, wide, shift)] ?? []),
    );
  const [q, k, v] = [query, key, value].map((picture) => shifted(padded(picture))) as [
    Picture,
    Picture,
    Picture,
  ];
  const isReal = shifted(range(tall).map((y) => range(wide).map((x) => [y < h && x < w ? 1 : 0])));

  const regionAt = (y: number, x: number): string => {
    if (mask === "paper" || shift === 0) return `${cameRound(y, tall, shift)} ${cameRound(x, wide, shift)}`;
    return y >= tall - M ? `${x % M >= M - shift}` : "whole";
  };
  const tokenAt = (y: number, x: number): Token => ({
    y: y % M,
    x: x % M,
    region: regionAt(y, x),
    isPadding: get(isReal, y, x, 0) === 0,
  });
  /** The places of the window's tokens in the shifted image. */
  const windowOf = (y: number, x: number): readonly (readonly [number, number])[] => {
    const [top, left] = [y - (y % M), x - (x % M)];
    return range(M * M).map((token) => [top + Math.floor(token / M), left + (token % M)] as const);
  };
  const attended = range(tall).map((y) =>
    range(wide).map((x) => {
      const self = tokenAt(y, x);
      if (self.isPadding) return range(channels).map(() => 0);
      const seen = windowOf(y, x).filter(([ky, kx]) => !steps.apart(self, tokenAt(ky, kx)));
      const scoresOf = range(heads).map((head) =>
        seen.map(([ky, kx]) => {
          let product = 0;
          for (const channel of range(channels))
            if (steps.headOf(channel, channels, heads) === head)
              product += get(q, y, x, channel) * get(k, ky, kx, channel);
          const [dy, dx] = steps.offset(self, tokenAt(ky, kx));
          return product / steps.divisor(channels, heads) + get(table, dy + M - 1, dx + M - 1, head);
        }),
      );
      return range(channels).map((channel) =>
        mixed(
          scoresOf[steps.headOf(channel, channels, heads)] ?? [],
          seen.map(([ky, kx]) => get(v, ky, kx, channel)),
        ),
      );
    }),
  );
  // The shift back: the value at (y, x) of the shifted image goes back to the place that it was taken from.
  const result: (readonly number[])[][] = range(tall).map(() => []);
  for (const y of range(tall))
    for (const x of range(wide)) {
      const row = result[steps.source(y, tall, shift)];
      if (row !== undefined) row[steps.source(x, wide, shift)] = attended[y]?.[x] ?? [];
    }
  return result.slice(0, h).map((row) => row.slice(0, w));
};
