/** Plants the mistakes that are easiest to make in the gradients of the networks' operations. A law must catch each. */
import { referenceAlgebra as R } from "@tadsr/core";
import { describe, it } from "vitest";
import { expectCaught, type Faults } from "./caught.ts";
import { dualAlgebra as D, type Dual, dualEngine } from "./dual-engine.ts";
import { at, from, type Image } from "./reshaping.ts";

const central = (operation: string): string => `gradient agrees with central differences: ${operation}`;

/** The tangent of a function that is linear in one operand, with the others fixed. */
const held = (value: Image, tangent: Image): Dual => ({ value, tangent });

const gradientFaults: Faults<Dual> = [
  [
    "gelu has the slope of the distribution function alone",
    {
      gelu: (a) => {
        const value = R.gelu(a.value);
        return held(
          value,
          from(a.value.shape, (i) => (at(value, i) / at(a.value, i)) * at(a.tangent, i)),
        );
      },
    },
    central("gelu"),
  ],
  [
    "leakyRelu has no slope below zero",
    {
      leakyRelu: (a, slope) =>
        held(
          R.leakyRelu(a.value, slope),
          from(a.value.shape, (i) => (at(a.value, i) > 0 ? at(a.tangent, i) : 0)),
        ),
    },
    central("leakyRelu"),
  ],
  [
    "prelu has no gradient for its slopes",
    {
      prelu: (a, slope) => D.prelu(a, { ...slope, tangent: R.scale(slope.tangent, 0) }),
    },
    central("prelu"),
  ],
  [
    "prelu gives its slopes what is positive, too",
    {
      prelu: (a, slope) => {
        const { value, tangent } = D.prelu(a, slope);
        const c = slope.value.data.length;
        return held(
          value,
          from(
            value.shape,
            (i) => at(tangent, i) + Math.max(0, at(a.value, i)) * (slope.tangent.data[i % c] as number),
          ),
        );
      },
    },
    central("prelu"),
  ],
  [
    "groupNorm holds its mean and variance",
    {
      groupNorm: (a, w, b, options) => {
        const { value, tangent } = D.groupNorm({ ...a, tangent: R.scale(a.tangent, 0) }, w, b, options);
        return held(value, R.add(tangent, a.tangent));
      },
    },
    central("groupNorm"),
  ],
  [
    "attention holds its weights",
    {
      attention: (q, k, v, options) =>
        held(
          R.attention(q.value, k.value, v.value, options),
          R.attention(q.value, k.value, v.tangent, options),
        ),
    },
    central("attention"),
  ],
  [
    "windowAttention has no gradient for its positions",
    {
      windowAttention: (q, k, v, positions, options) =>
        D.windowAttention(q, k, v, D.stopGradient(positions), options),
    },
    central("windowAttention"),
  ],
  [
    "takeRows counts a row's first use alone",
    {
      takeRows: ({ value: indices }, codebook) => {
        const c = codebook.value.shape[1] as number;
        const tangent = R.takeRows(indices, codebook.tangent);
        const isFirst = (pixel: number): boolean => indices.data.indexOf(at(indices, pixel)) === pixel;
        return held(
          R.takeRows(indices, codebook.value),
          from(tangent.shape, (i) => (isFirst(Math.floor(i / c)) ? at(tangent, i) : 0)),
        );
      },
    },
    central("takeRows"),
  ],
  [
    "sequenceConvolution has no gradient for its bias",
    {
      sequenceConvolution: (a, w, bias) =>
        D.sequenceConvolution(a, w, bias === null ? null : D.stopGradient(bias)),
    },
    central("sequenceConvolution"),
  ],
  [
    "spectralNormalize holds sigma",
    {
      spectralNormalize: (w, u, v) => {
        const value = R.spectralNormalize(w.value, u.value, v.value);
        const sigma = at(w.value, 0) / at(value, 0);
        return held(value, R.scale(w.tangent, 1 / sigma));
      },
    },
    central("spectralNormalize"),
  ],
  [
    "spectralNormalize lets gradients into its vectors",
    {
      spectralNormalize: (w, u, v) => {
        const { value, tangent } = D.spectralNormalize(w, u, v);
        const change = u.tangent.data.reduce((sum, x) => sum + x, 0);
        return held(value, R.add(tangent, R.scale(value, -change)));
      },
    },
    "no gradient passes into the vectors of spectralNormalize",
  ],
  [
    "takeRows lets gradients into its indices",
    {
      takeRows: (indices, codebook) => {
        const { value, tangent } = D.takeRows(indices, codebook);
        const c = codebook.value.shape[1] as number;
        return held(
          value,
          R.add(
            tangent,
            from(value.shape, (i) => at(indices.tangent, Math.floor(i / c))),
          ),
        );
      },
    },
    "no gradient passes into the indices of takeRows",
  ],
  [
    "nearestIndices passes gradients straight through",
    {
      nearestIndices: (a, codebook) =>
        held(R.nearestIndices(a.value, codebook.value), R.sliceChannels(a.tangent, 0, 1)),
    },
    "no gradient passes through nearestIndices",
  ],
  ...(["leftSingular", "rightSingular"] as const).map(
    (which) =>
      [
        `${which} is differentiable`,
        {
          [which]: (w: Dual, vector: Dual) => {
            const ahead = R[which](R.add(w.value, R.scale(w.tangent, 1e-6)), vector.value);
            const value = R[which](w.value, vector.value);
            return held(value, R.scale(R.subtract(ahead, value), 1e6));
          },
        },
        `no gradient passes through ${which}`,
      ] as const,
  ),
];

describe("broken gradients are caught", () => {
  it.each(gradientFaults)("%s", async (_fault, changed, law) => {
    await expectCaught(dualEngine(changed), law);
  });
});
