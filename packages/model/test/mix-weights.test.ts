import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { type HostWeights, mixWeights, pictureNetwork } from "../src/index.ts";
import { pictureWeights } from "./picture-weights.ts";

const network = pictureNetwork({ kind: "srvgg", channels: 3, convolutions: 1, factor: 2 });
const [a, b] = [pictureWeights(network, 1), pictureWeights(network, 2)];

const mixed = (share: number): HostWeights => {
  const result = mixWeights(a, b, share);
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const reason = (one: HostWeights, other: HostWeights, share = 0.5): string => {
  const result = mixWeights(one, other, share);
  return E.isLeft(result) ? result.left.message : "mixed";
};

describe("mixed weights", () => {
  it("are the first's, the second's, or (1 - share) a + share b between them, in float32", () => {
    expect(mixed(0)).toEqual(a);
    expect(mixed(1)).toEqual(b);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        for (const [name, { shape, data }] of Object.entries(mixed(share))) {
          expect(shape).toEqual(a[name]?.shape);
          data.forEach((x, i) => {
            const [p, q] = [a[name]?.data[i] as number, b[name]?.data[i] as number];
            expect(x).toBe(Math.fround((1 - share) * p + share * q));
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  it("are refused for different networks, or a share outside of 0 to 1", () => {
    const { "body.0.bias": bias, ...without } = b;
    expect(reason(a, without)).toBe('the weights cannot be mixed: only the first has "body.0.bias"');
    expect(reason(without, a)).toBe('the weights cannot be mixed: only the second has "body.0.bias"');
    const other = { ...without, "body.0.bias": { shape: [1, 3], data: bias?.data ?? [] } } as HostWeights;
    expect(reason(a, other)).toBe(
      'the weights cannot be mixed: "body.0.bias" is [3] in the first and [1, 3] in the second',
    );
    for (const share of [-0.1, 1.1, Number.NaN])
      expect(reason(a, b, share)).toBe(
        `the weights cannot be mixed: the second's share is ${share}; allowed: from 0 to 1`,
      );
  });
});
