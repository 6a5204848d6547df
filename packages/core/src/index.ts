export type { Algebra, ConvolutionOptions, Neural, Padding, Pointwise } from "./algebra.ts";
export type {
  Differentiate,
  Differentiated,
  Engine,
  Kept,
  NdArray,
  Objective,
  Runtime,
  RuntimeError,
  TensorKind,
  Tensors,
} from "./engine.ts";
export { anyRuntime } from "./engine.ts";
export type { PerSample, Predictor, Time, Times } from "./notation.ts";
export { perSample } from "./notation.ts";
