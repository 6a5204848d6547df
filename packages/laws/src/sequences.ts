/** The inputs of the laws of closed sequences and of spectral normalisation. */
import * as fc from "fast-check";
import { awayFromZero, type Input, imageShapes, inputFrom, tensorOf, upTo } from "./inputs.ts";

export interface Sequence {
  readonly images: readonly [Input, Input];
  readonly weights: readonly [Input, Input];
  readonly bias: Input;
}

/** Images, and kernels of an odd length of up to 5 that fits them. */
export const sequences = (side: number, element?: fc.Arbitrary<number>): fc.Arbitrary<Sequence> =>
  fc.tuple(imageShapes(side), fc.nat(2), upTo(3)).chain(([[n, h, w, c], half, out]) => {
    const taps = 2 * Math.min(half, Math.floor((h * w - 1) / 2)) + 1;
    const image = tensorOf("image", [n, h, w, c], element);
    const weight = tensorOf("sequence", [out, c, taps], element);
    return fc.record({
      images: fc.tuple(image, image),
      weights: fc.tuple(weight, weight),
      bias: tensorOf("vector", [out], element),
    });
  });

export interface Spectral {
  /** [o, i, k], as a matrix W [o, i k]. */
  readonly weight: Input;
  /** [o] */
  readonly u: Input;
  /** [i k] */
  readonly v: Input;
}

/**
 * W_rc = s_r t_c |W_rc|, u_r = +-s_r |u_r|, v_c = t_c |v_c| with signs s and t. So no terms of W v, u W or u W v
 * cancel, and the division by their sizes does not magnify rounding.
 */
export const spectrals = (element: fc.Arbitrary<number> = awayFromZero): fc.Arbitrary<Spectral> =>
  fc.tuple(upTo(4), upTo(3), upTo(4)).chain(([o, i, k]) =>
    fc
      .record({
        weight: tensorOf("sequence", [o, i, k], element),
        u: tensorOf("vector", [o], element),
        v: tensorOf("vector", [i * k], element),
        side: fc.constantFrom(-1, 1),
      })
      .map(({ weight, u, v, side }) => {
        const sign = (vector: Input, at: number): number => Math.sign(vector.data[at] as number);
        return {
          weight: inputFrom("sequence", weight.shape, (at) => {
            const magnitude = Math.abs(weight.data[at] as number);
            return magnitude * sign(u, Math.floor(at / (i * k))) * sign(v, at % (i * k));
          }),
          u: { ...u, data: u.data.map((x) => x * side) },
          v,
        };
      }),
  );
