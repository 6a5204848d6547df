/** Random uses of a codebook. */
import * as fc from "fast-check";
import { imageShapes, tensorOf, upTo } from "../inputs.ts";
import type { Use, Uses } from "../use.ts";

/** Multiples of 1/4 up to 2: their squared distances are exact in float32, so that equal ones are equal. */
const exact = fc.integer({ min: -8, max: 8 }).map((k) => k / 4);

export const nearestIndices: Uses = ({ side }) =>
  fc.tuple(imageShapes(side), upTo(9)).chain(([shape, entries]) =>
    fc.tuple(tensorOf("image", shape, exact), tensorOf("matrix", [entries, shape[3]], exact)).map(
      (tensors): Use => ({
        tensors,
        kind: "image",
        program: (A, image, codebook) => A.nearestIndices(image, codebook),
      }),
    ),
  );

export const takeRows: Uses = ({ plain, side }) =>
  fc.tuple(imageShapes(side), upTo(9)).chain(([[n, h, w, c], entries]) =>
    fc
      .tuple(tensorOf("matrix", [entries, c], plain), tensorOf("image", [n, h, w, 1], fc.nat(entries - 1)))
      .map(
        ([codebook, indices]): Use => ({
          tensors: [codebook],
          constants: [indices],
          kind: "image",
          program: (A, rows, places) => A.takeRows(places, rows),
        }),
      ),
  );
