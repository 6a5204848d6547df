/** The pull-back of the codebook's look-up: a row gathers the slopes of the pixels that took it. */
import { addScaled, type PullBackOf } from "./gather.ts";

/** No gradient passes to the indices. */
export const takeRows: PullBackOf<"takeRows"> = (slope, gather, indices, codebook) => {
  const c = codebook.shape[1] as number;
  const into = gather(codebook);
  if (into === null) return;
  indices.data.forEach((index, pixel) => {
    addScaled(into, index * c, slope.data, pixel * c, 1, c);
  });
};
