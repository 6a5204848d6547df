export {
  type OnnxEngineOptions,
  type OnnxTensor,
  onnxEngine,
  type Session,
  type SessionTensor,
} from "./engine.ts";
export {
  DEFAULT_OPSET,
  type ExportDialect,
  type ExportPlan,
  exportGraph,
  type Filtered,
  OPSETS,
  type SizeNeeded,
} from "./export/export-graph.ts";
export { type BeyondFloat16, type Narrowed, toFloat16 } from "./export/float16.ts";
export { isSameFile, openDimensions } from "./export/open-sizes.ts";
export { weightNames } from "./export/weight-names.ts";
export { type Layout, layOut, MOST_INSIDE, weightBytes } from "./export/weights-beside.ts";
export type { Dialect } from "./lowering/context.ts";
export { type Lowered, lower } from "./lowering/lower.ts";
export {
  bytesOf,
  computedNumbers,
  type EncodeOptions,
  encodeModel,
  listingOf,
  nodeCounts,
} from "./onnx/encode.ts";
export { decodeMessage } from "./onnx/messages.ts";
export { rules, simplify } from "./passes/index.ts";
export { termAlgebra } from "./recording/record.ts";
export { type Given, given, type Term } from "./recording/term.ts";
