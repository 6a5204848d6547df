export {
  ADAMW_DEFAULTS,
  type AdamWOptions,
  adamwStep,
  type LearningRate,
  learningRateAt,
  type Moments,
  movingAverage,
  type Updated,
} from "./adamw.ts";
export {
  type AlgorithmNetwork,
  type AlgorithmNetworks,
  type AlgorithmSettings,
  type Learned,
  type RecordedDraws,
  type RecordedScore,
  type RecordedStep,
  runAlgorithmOne,
  type TrainedStep,
} from "./algorithm-one.ts";
export {
  type BatchOptions,
  batchStream,
  type TrainingBatch,
  trainingBatch,
} from "./batches.ts";
export {
  type BlurPass,
  blurPasses,
  discreteGaussian,
  type GaussianBlur,
  gaussianBlur,
} from "./blur.ts";
export { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
export {
  type StudentChoices,
  studentOptions,
  type TeacherChoices,
  type TrainingChoices,
  teacherOptions,
} from "./choices.ts";
export { type DataPurpose, type NoisePlace, placeOf } from "./data-streams.ts";
export { applyDegradation, type DegradedPair } from "./degradation/apply.ts";
export { besselJ1 } from "./degradation/bessel.ts";
export { degradationWords } from "./degradation/caption.ts";
export { type ContactSheet, type ContactSheetOptions, contactSheet } from "./degradation/contact-sheet.ts";
export { correlate } from "./degradation/correlate.ts";
export { type Degrader, degraderOf } from "./degradation/degrader.ts";
export {
  type BicubicDegradation,
  type BlurDescription,
  type Degradation,
  type FilterWeights,
  type FullDegradation,
  type JpegDescription,
  type KernelShape,
  type KernelWeights,
  type MixedDegradation,
  type NoiseDescription,
  type Range,
  type ResizeDescription,
  type SingleDegradation,
  scaleOf,
} from "./degradation/description.ts";
export {
  type DegradationPlaces,
  type DrawnDegradation,
  drawDegradation,
  type FullParameters,
  type KernelParameters,
  type NoiseParameters,
  type RoundParameters,
} from "./degradation/draw.ts";
export { degradeFully, drawnKernel } from "./degradation/full.ts";
export { interpolate } from "./degradation/interpolation.ts";
export {
  type Ellipse,
  gaussianKernel,
  generalisedKernel,
  type Kernel,
  plateauKernel,
} from "./degradation/kernel.ts";
export {
  degradeLightly,
  type LightDegradation,
  type LightParameters,
  lightDegradation,
  lightParameters,
  onlyBicubic,
} from "./degradation/light.ts";
export { type GaussianNoise, withGaussianNoise } from "./degradation/noise.ts";
export {
  cropToMultiple,
  type DegradedPicture,
  degradePicture,
  type PictureSeed,
} from "./degradation/picture.ts";
export {
  type PoissonNoise,
  poissonAt,
  poissonDistribution,
  withPoissonNoise,
} from "./degradation/poisson.ts";
export { DEFAULT_DEGRADATION, type DegradationPreset, degradationPresets } from "./degradation/presets.ts";
export { type DegradationError, degradationOf, readDegradation } from "./degradation/read.ts";
export { sincKernel } from "./degradation/sinc.ts";
export type { TrainError } from "./errors.ts";
export { FAMILIES, type Family, type FamilyName, SMALL_SCHEDULE, STACK_SCHEDULE } from "./families.ts";
export {
  crop,
  cropBytes,
  type FloatPicture,
  fromBytes,
  toBytes,
} from "./float-picture.ts";
export { encodeJpeg, throughJpeg } from "./jpeg.ts";
export { LATENT_FACTOR, type LatentMaker, type Latents, type Originals, openLatents } from "./latents.ts";
export { type LoopOptions, type StepReport, trainingStep } from "./loop.ts";
export {
  PRETRAINING_DEFAULTS,
  SMALL_DISCRIMINATOR,
  STUDENT_DEFAULTS,
  type StudentTrainingOptions,
  TARGET_WEIGHT,
  TEACHER_DEFAULTS,
  type TeacherTrainingOptions,
  type TrainingOptions,
  type Watcher,
} from "./options.ts";
export { type Packing, packingOf } from "./packing.ts";
export {
  type DataError,
  DEFAULT_CACHE_BYTES,
  openPhotographs,
  type Photograph,
  type PhotographOptions,
  type Photographs,
  pictureNames,
  type SkippedPicture,
} from "./photographs.ts";
export { noneUsable, type PictureFiles, pictureFiles } from "./picture-files.ts";
export { CHECKPOINT, type CheckpointTimes, LOG } from "./recorder.ts";
export { bicubicDown, type ResizeFilter, resize, resizeFilters } from "./resampling.ts";
export {
  type RunOptions,
  type RunProgress,
  type RunResult,
  runTraining,
} from "./run.ts";
export {
  downloadState,
  freshState,
  type HostLearner,
  type HostState,
  type StateSpecs,
  type TrainingState,
  uploadState,
} from "./state.ts";
export {
  type DiscriminatorState,
  type Learner,
  type LearningState,
  type StepTaken,
  takeStep,
} from "./step.ts";
export { type StudentOptions, type StudentWeights, studentTask } from "./student.ts";
export {
  type AlgorithmOptions,
  type AlgorithmWeights,
  type StepInputs,
  type StudentStep,
  studentStep,
} from "./student-step.ts";
export { type OpenTarget, openTarget, readTarget, type Target, type TargetOptions } from "./target.ts";
export type {
  DiscriminatorSide,
  DiscriminatorSpec,
  DiscriminatorTensors,
  OpenTask,
  PreparedStep,
  Task,
  Upscaler,
} from "./task.ts";
export { type TeacherOptions, teacherTask } from "./teacher.ts";
export { type TrainingOutcome, trainStudent, trainTeacher } from "./training.ts";
export type { UselessChoice, UselessOption } from "./useless-choice.ts";
export {
  type Closeness,
  closeness,
  type TargetMeasures,
  type ValidationMeasures,
} from "./validating/measures.ts";
export { VALIDATION_DEFAULTS, type ValidationPlan } from "./validating/plan.ts";
export { byNearest } from "./validating/sheet.ts";
export { SAMPLES, VALIDATION_LOG } from "./validating/validator.ts";
export {
  keyOfName,
  type ValidationOptions,
  type ValidationReport,
  writeValidationPairs,
} from "./validation.ts";
