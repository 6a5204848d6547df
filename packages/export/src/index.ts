export type {
  ExportError,
  InvalidSize,
  NoTimeInput,
  NotInFloat16,
  NoWinograd,
  PartError,
  SeveralSteps,
  SizeNotOpen,
  TooLargeInside,
  UnknownOpset,
  UnknownPart,
} from "./errors.ts";
export { type ExportedPart, type ExportOptions, exportPart, type WeightPlace } from "./export-part.ts";
export type { Described, ExportDtype, PictureDescription } from "./metadata.ts";
export type { Part, PartName } from "./part.ts";
export type { ChosenSize, GraphOptions } from "./part-graph.ts";
export { type LoadedPart, type ModelParts, type PartChoice, partsOf, readPart } from "./read-part.ts";
