export type { Border } from "./comparable.ts";
export type { MetricError } from "./errors.ts";
export {
  type Degrading,
  type EvaluationError,
  type EvaluationOptions,
  evaluate,
  type Fault,
  type Made,
  type Method,
  type Original,
  type Trial,
} from "./evaluate.ts";
export {
  type Features,
  frechetDistance,
  frechetDistanceOfGaussians,
  type Gaussian,
} from "./frechet-distance.ts";
export { reportHeading } from "./heading.ts";
export { type Matching, matchNames, stemOf } from "./match-names.ts";
export { bicubicMethod, type Upscale, upscalingMethod } from "./methods.ts";
export type { Metric, MetricDescription } from "./metric.ts";
export { NIQE_BLOCK, type NiqeOptions, niqe } from "./niqe/niqe.ts";
export type { Precision } from "./niqe/precision.ts";
export type { PageCell, PagePicture } from "./page/comparison.ts";
export { reportPage } from "./page/page.ts";
export { commonPart, middleOf, partOf, upperLeft } from "./parts.ts";
export { openPerceptualMetric, type PerceptualMetric } from "./perceptual.ts";
export { BORDERED_METRICS, pictureMetrics } from "./picture-metrics.ts";
export { type LumaReading, psnr, psnrY } from "./psnr.ts";
export { decodeReport, type ReportError } from "./read-report.ts";
export {
  type LeftOut,
  type MethodReport,
  ORIGINALS,
  type PictureResult,
  REPORT_FORMAT,
  type Report,
  type Summary,
  type Value,
} from "./report.ts";
export { SSIM_WINDOW, ssim, ssimRgb } from "./ssim.ts";
export { decodeValue, encodeValue, summarise } from "./summary.ts";
export {
  markdownTable,
  type ReportRows,
  type ReportTable,
  reportRows,
  reportTable,
  type TableCell,
  type TableChoice,
  type TableColumn,
} from "./table.ts";
