/** The inputs of the laws of vector quantisation. */
import * as fc from "fast-check";
import { type Input, imageShapes, tensorOf, upTo } from "./inputs.ts";

export interface Quantisation {
  readonly image: Input;
  /** [k, c] */
  readonly codebook: Input;
  /** [n, h, w, 1]: rows of the codebook. */
  readonly indices: Input;
}

/** Multiples of 1/4 up to 2. Their squared distances are exact in float32, so equal distances compare as equal. */
export const exact = fc.integer({ min: -8, max: 8 }).map((k) => k / 4);

/** Images, codebooks of up to 9 rows, and rows of them. */
export const quantisations = (side: number, element: fc.Arbitrary<number>): fc.Arbitrary<Quantisation> =>
  fc.tuple(imageShapes(side), upTo(9)).chain(([[n, h, w, c], rows]) =>
    fc.record({
      image: tensorOf("image", [n, h, w, c], element),
      codebook: tensorOf("matrix", [rows, c], element),
      indices: tensorOf("image", [n, h, w, 1], fc.nat(rows - 1)),
    }),
  );
