/**
 * SRVGGNetCompact of Real-ESRGAN (realesrgan/archs/srvgg_arch.py), such as realesr-general-x4v3: plain 3x3
 * convolutions with PReLU at the size of the picture. Their last channels are the pixels of the result. The picture,
 * each pixel repeated, is added. Names are those of the authors' files: `body.N`.
 */

import { convolution, type Layer } from "../layers.ts";
import { parameter } from "../parameters.ts";
import { COLOURS } from "../picture.ts";
import type { PictureNetwork } from "./picture-network.ts";

export interface SrvggConfig {
  readonly kind: "srvgg";
  /** Channels of every layer between the picture and the result. */
  readonly channels: number;
  /** Convolutions from channels to channels. There is one more before them and one after. */
  readonly convolutions: number;
  readonly factor: number;
}

/** PReLU with `name.weight` [channels]. */
const slopes = (name: string, channels: number): Layer => {
  const weight = `${name}.weight`;
  return {
    parameters: [{ name: weight, kind: "vector", shape: [channels], initial: "zeros" }],
    run: (algebra, weights, input) => algebra.prelu(input, parameter(weights, weight)),
  };
};

export const srvgg = ({ channels, convolutions, factor }: SrvggConfig): PictureNetwork => {
  const hidden = Array.from({ length: convolutions + 1 }, (_, i): readonly Layer[] => [
    convolution(`body.${2 * i}`, { inputs: i === 0 ? COLOURS : channels, outputs: channels, kernel: 3 }),
    slopes(`body.${2 * i + 1}`, channels),
  ]).flat();
  const last = { inputs: channels, outputs: COLOURS * factor * factor, kernel: 3 };
  const layers = [...hidden, convolution(`body.${hidden.length}`, last)];
  return {
    parameters: layers.flatMap(({ parameters }) => parameters),
    factor,
    run: (algebra) => (weights, image) => {
      const deep = layers.reduce((input, layer) => layer.run(algebra, weights, input), image);
      return algebra.add(algebra.depthToSpace(deep, factor), algebra.upsampleNearest(image, factor));
    },
  };
};
