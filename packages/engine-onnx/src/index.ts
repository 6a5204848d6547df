export {
  type OnnxEngineOptions,
  type OnnxTensor,
  onnxEngine,
  type Session,
  type SessionTensor,
} from "./engine.ts";
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
export { decodeMessage } from "./onnx/protobuf.ts";
export { rules, simplify } from "./passes/index.ts";
export { termAlgebra } from "./recording/record.ts";
export { type Given, given, type Term } from "./recording/term.ts";
