/** Lowers convolutions of an image's pixels as one closed sequence, and spectral normalisation. */
import {
  binary,
  concat,
  conv,
  matMul,
  reduce,
  reshape,
  scalar,
  slice,
  transpose,
  unary,
} from "../onnx/operators.ts";
import type { Value } from "../onnx/value.ts";
import type { Term } from "../recording/term.ts";
import { type Context, demandFixedSize } from "./context.ts";
import { asImage, flatPixels } from "./images.ts";

const sequenceConvolution = (context: Context, image: Term, weight: Term, bias: Term | null): Value => {
  const { graph, of } = context;
  const [value, kernel] = [of(image), of(weight)];
  const flat = flatPixels(graph, value);
  const length = flat.shape[2] as number;
  const half = ((kernel.shape[2] as number) - 1) / 2;
  if (half > 0)
    demandFixedSize(context, "a convolution of the pixels as a closed sequence depends on its length");
  const closed =
    half === 0
      ? flat
      : concat(
          graph,
          [slice(graph, flat, 2, length - half, length), flat, slice(graph, flat, 2, 0, half)],
          2,
        );
  return asImage(context, conv(graph, closed, kernel, bias === null ? null : of(bias)), value);
};

/** The weight as PyTorch's matrix [o, i k]. */
const asMatrix = ({ graph }: Context, weight: Value): Value => reshape(graph, weight, [0, -1]);

const column = ({ graph }: Context, vector: Value): Value => reshape(graph, vector, [-1, 1]);

const row = ({ graph }: Context, vector: Value): Value => reshape(graph, vector, [1, -1]);

const LEAST_NORM = 1e-12;

const normalised = ({ graph }: Context, vector: Value): Value => {
  const norm = unary(graph, "Sqrt", reduce(graph, "ReduceSumSquare", vector, [0], false));
  const bounded = graph.node({ op: "Max", inputs: [norm, scalar(graph, LEAST_NORM)], shape: [] });
  return binary(graph, "Div", vector, bounded);
};

export const sequences = {
  sequenceConvolution,
  spectralNormalize: (context: Context, weight: Term, u: Term, v: Term): Value => {
    const { graph, of } = context;
    const value = of(weight);
    const product = matMul(graph, asMatrix(context, value), column(context, of(v)));
    const sigma = matMul(graph, row(context, of(u)), product);
    return binary(graph, "Div", value, reshape(graph, sigma, [1, 1, 1]));
  },
  leftSingular: (context: Context, weight: Term, v: Term): Value => {
    const { graph, of } = context;
    const product = matMul(graph, asMatrix(context, of(weight)), column(context, of(v)));
    return normalised(context, reshape(graph, product, [-1]));
  },
  rightSingular: (context: Context, weight: Term, u: Term): Value => {
    const { graph, of } = context;
    const turned = transpose(graph, asMatrix(context, of(weight)), [1, 0]);
    return normalised(context, reshape(graph, matMul(graph, turned, column(context, of(u))), [-1]));
  },
};
