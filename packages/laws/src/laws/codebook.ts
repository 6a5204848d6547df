/** Vector quantisation: the nearest row of a codebook, and the rows with given numbers. */
import { elements } from "@tadsr/core";
import { exact, quantisations } from "../codebooks.ts";
import { definition, equation } from "../equation.ts";
import { evaluate } from "../evaluate.ts";
import { anything, dimensions, type Input, input, inputFrom } from "../inputs.ts";
import { check, every, type Law, law } from "../law.ts";

/** The squared distances from a pixel, given by its place in the batch, to every row of the codebook. */
const distances = (image: Input, codebook: Input, pixel: number): readonly number[] => {
  const [rows, c] = codebook.shape as [number, number];
  return Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < c; i++)
      sum += ((image.data[pixel * c + i] as number) - (codebook.data[row * c + i] as number)) ** 2;
    return sum;
  });
};

/** The codebook twice, one copy below the other. */
const doubled = ({ shape: [rows = 1, c = 1], data }: Input): Input =>
  inputFrom("matrix", [2 * rows, c], (i) => data[Math.floor(i / (2 * c)) * c + (i % c)] as number);

export const codebookLaws: readonly Law[] = [
  definition({
    name: "nearestIndices takes the first of the nearest rows",
    statement:
      "nearestIndices(a, e) = min argmin_k |a - e_k|^2, if distances are exact and every row occurs twice",
    operations: ["nearestIndices"],
    inputs: quantisations(4, exact).map((use) => ({ ...use, codebook: doubled(use.codebook) })),
    tensors: ({ image, codebook }) => [image, codebook],
    program: () => (A, a, rows) => A.nearestIndices(a, rows),
    expected: ({ image, codebook }) => {
      const [n, h, w] = dimensions(image);
      return inputFrom("image", [n, h, w, 1], (pixel) => {
        const all = distances(image, codebook, pixel);
        return all.indexOf(Math.min(...all));
      });
    },
  }),
  law({
    name: "nearestIndices never takes a row that is farther than another",
    statement: "|a - e_k|^2 = min_j |a - e_j|^2 for k = nearestIndices(a, e), a whole number, for any rows",
    operations: ["nearestIndices"],
    inputs: quantisations(4, anything),
    holds: async (engine, equal, { image, codebook }) => {
      const [n, h, w, c] = dimensions(image);
      const found = await evaluate(engine, "image", [image, codebook], (A, a, rows) =>
        A.nearestIndices(a, rows),
      );
      const all = Array.from({ length: n * h * w }, (_, pixel) => distances(image, codebook, pixel));
      const least = input(
        "image",
        [n, h, w, 1],
        all.map((list) => Math.min(...list)),
      );
      const those = all.map((list, pixel) => list[found.data[pixel] ?? -1] ?? Number.NaN);
      return every([
        check(found.data.length === elements([n, h, w]), () => `${found.data.length} indices`),
        // The size of the terms of |e|^2 - 2 a e, a formula that engines may use for the distance, for numbers up to 4.
        equal({ shape: found.shape, data: Float64Array.from(those) }, least, 48 * c),
      ]);
    },
  }),
  definition({
    name: "takeRows takes the rows with the given numbers",
    statement: "takeRows(i, e)[n, y, x, c] = e[i[n, y, x], c]",
    operations: ["takeRows"],
    inputs: quantisations(4, anything),
    tensors: ({ indices, codebook }) => [indices, codebook],
    program: () => (A, places, rows) => A.takeRows(places, rows),
    expected: ({ image, indices, codebook }) => {
      const c = dimensions(image)[3];
      return inputFrom(
        "image",
        image.shape,
        (i) => codebook.data[(indices.data[Math.floor(i / c)] as number) * c + (i % c)] as number,
      );
    },
  }),
  equation({
    name: "takeRows of nearestIndices keeps pixels that are in the codebook",
    statement: "takeRows(nearestIndices(takeRows(i, e), e), e) = takeRows(i, e)",
    operations: ["takeRows", "nearestIndices"],
    inputs: quantisations(4, exact),
    tensors: ({ indices, codebook }) => [indices, codebook],
    kind: () => "image",
    left: () => (A, places, rows) => A.takeRows(A.nearestIndices(A.takeRows(places, rows), rows), rows),
    right: () => (A, places, rows) => A.takeRows(places, rows),
  }),
];
