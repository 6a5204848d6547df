/** Random uses of convolutions over closed sequences and of spectral normalisation. */
import * as fc from "fast-check";
import { sequences, spectrals } from "../sequences.ts";
import type { Use, Uses } from "../use.ts";

export const sequenceConvolution: Uses = ({ plain, side }) =>
  fc.tuple(sequences(side, plain), fc.boolean()).map(
    ([
      {
        images: [image],
        weights: [weight],
        bias,
      },
      hasBias,
    ]): Use => ({
      tensors: hasBias ? [image, weight, bias] : [image, weight],
      kind: "image",
      program: (A, a, w, ...b) => A.sequenceConvolution(a, w, b[0] ?? null),
    }),
  );

export const spectralNormalize: Uses = ({ divisor }) =>
  spectrals(divisor).map(
    ({ weight, u, v }): Use => ({
      tensors: [weight],
      constants: [u, v],
      kind: "sequence",
      program: (A, w, left, right) => A.spectralNormalize(w, left, right),
    }),
  );

export const leftSingular: Uses = ({ divisor }) =>
  spectrals(divisor).map(
    ({ weight, v }): Use => ({
      tensors: [weight, v],
      kind: "vector",
      program: (A, w, vector) => A.leftSingular(w, vector),
    }),
  );

export const rightSingular: Uses = ({ divisor }) =>
  spectrals(divisor).map(
    ({ weight, u }): Use => ({
      tensors: [weight, u],
      kind: "vector",
      program: (A, w, vector) => A.rightSingular(w, vector),
    }),
  );
