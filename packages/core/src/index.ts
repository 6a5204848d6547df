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
export {
  type NoiseSource,
  type NoiseSourceError,
  noiseSource,
  normal,
  philox4x32,
  uniform,
} from "./noise.ts";
export type { PerSample, Predictor, Time, Times } from "./notation.ts";
export { perSample } from "./notation.ts";
export type { ReferenceTensor } from "./reference.ts";
export { referenceAlgebra, referenceEngine } from "./reference.ts";
