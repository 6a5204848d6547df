import { type NdArray, normal, referenceEngine } from "@tadsr/core";
import { describe, expect, it } from "vitest";
import { openGridTerm } from "../src/grid-term.ts";

const SHAPE = [1, 12, 16, 48];
const COUNT = 12 * 16 * 48;

const latent = (value: (channel: number, i: number) => number): NdArray => ({
  shape: SHAPE,
  data: Float64Array.from({ length: COUNT }, (_, i) => value(i % 48, i)),
});

const energy = (a: NdArray, b: NdArray): number => {
  const term = openGridTerm(referenceEngine);
  const upload = (array: NdArray) => referenceEngine.upload("image", array);
  return term.energy(upload(a), upload(b)).data[0] ?? Number.NaN;
};

const zero = latent(() => 0);
const noise = normal({ seed: 1, stream: 2 }, 0, COUNT);

describe("the grid term", () => {
  it("is the pattern's mean square: 4 x 4 phases of one colour at +a and -a", () => {
    const pattern = latent((channel) =>
      channel >= 16 && channel < 32 ? (channel % 2 === 0 ? 0.3 : -0.3) : 0,
    );
    expect(energy(pattern, zero)).toBeCloseTo(0.3 ** 2 / 3, 6);
  });

  it("ignores what all phases of a colour share, and the original's own pattern", () => {
    expect(
      energy(
        latent((channel) => Math.floor(channel / 16)),
        zero,
      ),
    ).toBeLessThan(1e-12);
    const original = latent((_, i) => noise[i] ?? 0);
    expect(energy(original, original)).toBe(0);
  });

  it("is small for texture that does not repeat", () => {
    const texture = latent((_, i) => noise[i] ?? 0);
    // The mean of 64 independent numbers of variance 1, minus the phases' mean.
    expect(energy(texture, zero)).toBeLessThan(2 / 64);
    expect(energy(texture, zero)).toBeGreaterThan(0.5 / 64);
  });
});
