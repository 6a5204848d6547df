/** A layer as a program of the cost interpreter. */
import type { Algebra, Tensors } from "@tadsr/core";
import { costOf } from "@tadsr/engine-cost";
import type { Layer } from "@tadsr/model";

/** The layer's cost on an image [n, h, w, c], or why the image does not fit. */
export const costOfLayer = (
  { parameters, run }: Pick<Layer, "parameters" | "run">,
  image: readonly number[],
): ReturnType<typeof costOf> =>
  costOf(
    {
      parameters,
      run:
        <T>(algebra: Algebra<T>) =>
        (weights: Tensors<T>, inputs: Readonly<Record<"image", T>>): T =>
          run(algebra, weights, inputs.image),
    },
    { image },
  );
