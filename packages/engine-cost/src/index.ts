export { type Cost, type CostOptions, costOf, type OperationCost, type Program } from "./cost.ts";
export { resultShape } from "./result-shape.ts";
export type { Shape, ShapeMismatch } from "./shape.ts";
