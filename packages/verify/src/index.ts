export type { VerifyError } from "./manifest.ts";
export type { Row, Verdict } from "./row.ts";
export { type Summary, summaryOf } from "./summary.ts";
export { type VerifyOptions, verifyManifest } from "./verify-manifest.ts";
