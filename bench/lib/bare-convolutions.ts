/**
 * ONNX Runtime's bare convolutions: a graph of 3x3 convolutions only, one after another, which keep the number of
 * channels, from tensor to tensor.
 */
import { encodeModel, type Lowered } from "@tadsr/engine-onnx";
import { wave } from "./onnx-session.ts";

export interface BareConvolutions {
  readonly channels: number;
  /** The number of convolutions. */
  readonly count: number;
  /** The side of the image, in pixels. */
  readonly side: number;
}

type Value = Lowered["feeds"][number]["value"];

/** The products of all convolutions together. */
export const productsOfBare = ({ channels, count, side }: BareConvolutions): number =>
  9 * channels * channels * count * side * side;

/** The graph as a file. Images are [1, c, h, w], as in ONNX. */
export const bareGraph = ({ channels, count, side }: BareConvolutions): Uint8Array => {
  const shape = [1, channels, side, side];
  const x: Value = { id: 0, shape, dtype: "float32", source: { tag: "input", name: "x" } };
  const kernel = [channels, channels, 3, 3];
  const size = 9 * channels * channels;
  const after = (input: Value, place: number): Value => {
    // Small numbers, so that results stay finite, and different ones for each convolution.
    const data = wave(size).map((number, i) => (number + Math.cos(i + place) / 2) / Math.sqrt(9 * channels));
    const weight: Value = {
      id: 2 * place + 1,
      shape: kernel,
      dtype: "float32",
      source: { tag: "initializer", data },
    };
    return {
      id: 2 * place + 2,
      shape,
      dtype: "float32",
      source: {
        tag: "node",
        output: 0,
        node: {
          op: "Conv",

          inputs: [input, weight],
          attributes: { kernel_shape: { ints: [3, 3] }, pads: { ints: [1, 1, 1, 1] } },
          outputs: 1,
        },
      },
    };
  };
  const y = Array.from({ length: count }).reduce((value: Value, _, place) => after(value, place), x);
  const source = {
    tag: "given",
    kind: "image",
    shape,
    data: new Float32Array(),
    use: "data",
    maker: "x",
  } as const;
  return encodeModel({
    feeds: [{ value: x, name: "x", source }],
    outputs: [{ name: "y", value: y }],
    opset: 20,
  });
};
