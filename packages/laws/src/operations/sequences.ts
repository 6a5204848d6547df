/** Random uses of convolutions over closed sequences and of spectral normalisation. */
import * as fc from "fast-check";
import { imageShapes, numbers, tensorOf, upTo } from "../inputs.ts";
import type { Use, Uses } from "../use.ts";

export const sequenceConvolution: Uses = ({ plain, side }) =>
  fc.tuple(imageShapes(side), fc.nat(2), upTo(3)).chain(([[n, h, w, c], half, out]) => {
    const taps = Math.min(2 * half + 1, h * w - ((h * w + 1) % 2));
    return fc
      .record({
        image: tensorOf("image", [n, h, w, c], plain),
        weight: tensorOf("sequence", [out, c, taps], plain),
        bias: fc.option(tensorOf("vector", [out], plain)),
      })
      .map(
        ({ image, weight, bias }): Use => ({
          tensors: bias === null ? [image, weight] : [image, weight, bias],
          kind: "image",
          program: (A, a, v, ...b) => A.sequenceConvolution(a, v, b[0] ?? null),
        }),
      );
  });

const kernels = fc.tuple(upTo(4), upTo(3), upTo(5));

/** All positive, so that u W v is not near 0. */
export const spectralNormalize: Uses = ({ divisor }) =>
  kernels.chain(([o, i, k]) =>
    fc
      .record({
        weight: tensorOf("sequence", [o, i, k], divisor.map(Math.abs)),
        u: tensorOf("vector", [o], numbers(0.25, 1)),
        v: tensorOf("vector", [i * k], numbers(0.25, 1)),
      })
      .map(
        ({ weight, u, v }): Use => ({
          tensors: [weight],
          constants: [u, v],
          kind: "sequence",
          program: (A, w, left, right) => A.spectralNormalize(w, left, right),
        }),
      ),
  );

const singular =
  (which: "leftSingular" | "rightSingular"): Uses =>
  ({ divisor }) =>
    kernels.chain(([o, i, k]) =>
      fc
        .tuple(
          tensorOf("sequence", [o, i, k], divisor.map(Math.abs)),
          tensorOf("vector", [which === "leftSingular" ? i * k : o], numbers(0.25, 1)),
        )
        .map((tensors): Use => ({ tensors, kind: "vector", program: (A, w, vector) => A[which](w, vector) })),
    );

export const leftSingular = singular("leftSingular");
export const rightSingular = singular("rightSingular");
