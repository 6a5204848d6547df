export type { MetricError } from "./errors.ts";
export type { Metric, MetricDescription } from "./metric.ts";
export {
  type LeftOut,
  type MethodReport,
  type PictureResult,
  REPORT_FORMAT,
  type Report,
  type Summary,
  type Value,
} from "./report.ts";
export { decodeValue, encodeValue, summarise } from "./summary.ts";
