/** Random uses of a codebook. */
import { exact, quantisations } from "../codebooks.ts";
import type { Use, Uses } from "../use.ts";

export const nearestIndices: Uses = ({ side }) =>
  quantisations(side, exact).map(
    ({ image, codebook }): Use => ({
      tensors: [image, codebook],
      kind: "image",
      program: (A, a, rows) => A.nearestIndices(a, rows),
    }),
  );

export const takeRows: Uses = ({ plain, side }) =>
  quantisations(side, plain).map(
    ({ codebook, indices }): Use => ({
      tensors: [codebook],
      constants: [indices],
      kind: "image",
      program: (A, rows, places) => A.takeRows(places, rows),
    }),
  );
