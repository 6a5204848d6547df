export type {
  Algebra,
  AttentionOptions,
  ConvolutionOptions,
  GroupNormOptions,
  Neural,
  Padding,
  Pointwise,
  WindowEdges,
  WindowOptions,
} from "./algebra.ts";
export type {
  Differentiate,
  Differentiated,
  Engine,
  EngineMemory,
  Joining,
  Kept,
  NdArray,
  Objective,
  Runtime,
  RuntimeError,
  TensorKind,
  Tensors,
  Use,
} from "./engine.ts";
export { anyRuntime, runtimeUnavailable } from "./engine.ts";
export { type EngineFailure, errorOfFailure, failureOf } from "./engine-failure.ts";
export { fromHalf, toHalf } from "./half-precision.ts";
export {
  FLOAT32_EPSILON,
  firstLine,
  type LazyRuntime,
  lazyRuntime,
  type Missing,
  missingError,
} from "./lazy-runtime.ts";
export {
  discriminatorHingeLoss,
  generatorHingeLoss,
  type HeadLogits,
  modulateFeatures,
  noisedFeatures,
  plainDiscriminatorLoss,
  plainGeneratorLoss,
} from "./losses/adversarial.ts";
export { type DenoisingWeighting, denoisingLoss, denoisingWeight } from "./losses/denoising.ts";
export { distillationLoss } from "./losses/distillation.ts";
export {
  closedFormScoreDifference,
  closedFormWeight,
  highFrequencyScoreDistillation,
  type PerturbedPair,
  perturbPair,
  type ScoreDistillation,
  scoreDifference,
  scoreDifferenceOfEnds,
  scoreDifferenceOfStates,
  scoreSurrogate,
  scoreWeight,
} from "./losses/hsd.ts";
export {
  codeReading,
  denoisingTime,
  discriminatorTime,
  paperReading,
  perturbationNoise,
  type Reading,
  scoreTime,
} from "./losses/reading.ts";
export { scoreDistillationGradient, scoreDistillationSampling } from "./losses/sds.ts";
export {
  fillNormal,
  type NoiseSource,
  type NoiseSourceError,
  noiseSource,
  normal,
  philox4x32,
  uniform,
} from "./noise.ts";
export type { PerSample, Predictor, Time, Times } from "./notation.ts";
export { perSample } from "./notation.ts";
export {
  faceRestorationWeights,
  type ObjectiveWeights,
  type StudentLosses,
  studentObjective,
  superResolutionWeights,
} from "./objective.ts";
export {
  forwardProcess,
  type InputScaling,
  noiseFromPrediction,
  noiseLevel,
  posteriorMean,
  posteriorVariance,
  predictClean,
  scaleInput,
  startOfSampling,
} from "./process.ts";
export type { ReferenceTensor } from "./reference.ts";
export { referenceAlgebra, referenceEngine } from "./reference.ts";
export {
  ancestralSampler,
  ancestralStep,
  deterministicInversion,
  deterministicSampler,
  deterministicStep,
  invertDeterministicStep,
  runSampler,
  type SamplerStep,
  type StepCoefficients,
  stepCoefficients,
} from "./sampler.ts";
export {
  alphaAt,
  etaAt,
  faceRestorationSchedule,
  indexAt,
  makeSchedule,
  respace,
  type Schedule,
  type ScheduleConfig,
  type ScheduleError,
  superResolutionSchedule,
} from "./schedule.ts";
export { schedulePlot } from "./schedule-plot.ts";
export { type ScheduleRow, scheduleRows } from "./schedule-rows.ts";
export { elements, isSameShape, shapeText } from "./shape.ts";
export { type EqualWindows, equalWindows, positionRows, type WindowGrid } from "./window-grid.ts";
