export type {
  BicubicSource,
  FolderSource,
  KeepChoice,
  MethodSource,
  MetricsChoice,
  ModelSource,
  ModelsOptions,
} from "./choices.ts";
export { type Compared, type Comparison, compareBeside, type PartOutside } from "./compare-beside.ts";
export type { EvaluateError, OptionName } from "./errors.ts";
export { type Evaluated, evaluateFolder } from "./evaluate-folder.ts";
export { type FolderEvaluation, measuredFolders, seedsOf } from "./evaluation.ts";
export { BICUBIC, type NamedMethod, recogniseMethods } from "./methods.ts";
export { type OpenedModel, type Openers, openersOn } from "./openers.ts";
export { folderAround, isSamePlace } from "./places.ts";
