/** Vector quantisation in float64. */
import { shapeText } from "../shape.ts";
import { demand, imageShape, matrixShape, type ReferenceTensor, tensor } from "./tensor.ts";

/** As `Neural.nearestIndices`. */
export const nearestIndices = (image: ReferenceTensor, codebook: ReferenceTensor): ReferenceTensor => {
  const { n, h, w, c } = imageShape("nearestIndices", image);
  const [entries, columns] = matrixShape("nearestIndices", codebook);
  demand(
    columns === c && entries > 0,
    "nearestIndices",
    () => `image ${shapeText(image.shape)} and codebook ${shapeText(codebook.shape)}`,
    () => `codebook [k, ${c}] with k of at least 1`,
  );
  const data = Float64Array.from({ length: n * h * w }, (_, pixel) => {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let entry = 0; entry < entries; entry++) {
      let distance = 0;
      for (let i = 0; i < c; i++)
        distance += ((image.data[pixel * c + i] as number) - (codebook.data[entry * c + i] as number)) ** 2;
      if (distance < least) [best, least] = [entry, distance];
    }
    return best;
  });
  return tensor([n, h, w, 1], data);
};

/** As `Neural.takeRows`. */
export const takeRows = (indices: ReferenceTensor, codebook: ReferenceTensor): ReferenceTensor => {
  const { n, h, w, c: one } = imageShape("takeRows", indices);
  const [entries, c] = matrixShape("takeRows", codebook);
  demand(
    one === 1,
    "takeRows",
    () => `indices ${shapeText(indices.shape)}`,
    () => "indices [n, h, w, 1]",
  );
  const data = new Float64Array(n * h * w * c);
  indices.data.forEach((index, pixel) => {
    demand(
      Number.isInteger(index) && index >= 0 && index < entries,
      "takeRows",
      () => `index ${index}`,
      () => `a whole number from 0 to ${entries - 1}`,
    );
    data.set(codebook.data.subarray(index * c, (index + 1) * c), pixel * c);
  });
  return tensor([n, h, w, c], data);
};
