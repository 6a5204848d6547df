/** A network from pictures to pictures as a file. Its pictures are in [-1, 1], as in the other files. */
import type { Tensors } from "@tadsr/core";
import { type Term, termAlgebra } from "@tadsr/engine-onnx";
import { COLOURS, type PictureModel, receptiveFieldOfPictures } from "@tadsr/model";
import { input, type Part } from "./part.ts";

export const picturePart = ({ network }: PictureModel, weights: Tensors<Term>): Part => {
  const { factor } = network;
  const { alignment, margin } = receptiveFieldOfPictures(network);
  const sides = alignment === 1 ? "of any size" : `h and w multiples of ${alignment}`;
  return {
    name: "network",
    alignment,
    plan: ({ height, width }) => {
      const picture = input("image", 1, height, width, COLOURS);
      // The network itself works in [0, 1].
      const unit = termAlgebra.scale(termAlgebra.offset(picture, 1), 0.5);
      const result = network.run(termAlgebra)(weights, unit);
      return {
        inputs: [{ name: "picture", term: picture }],
        filtered: [],
        outputs: [{ name: "result", term: termAlgebra.offset(termAlgebra.scale(result, 2), -1) }],
      };
    },
    values: {
      picture: `[1, 3, h, w]: red, green, blue of sRGB in [-1, 1] (byte / 127.5 - 1), ${sides}`,
      result: `[1, 3, ${factor} h, ${factor} w]: also in [-1, 1] except for overshoot; byte = round(127.5 (v + 1)), clipped to 0..255`,
    },
    use:
      `Makes the picture ${factor} times larger, with no noise: the same picture gives the same result. Each pixel ` +
      `depends on at most ${margin} pixels around it, so tiles that are read with these pixels around them join ` +
      "without a seam.",
  };
};
