/** What runs in a browser as in Node. */
export type { Folder } from "./folder.ts";
export type { VerifyError } from "./manifest.ts";
export type { Row, Verdict } from "./row.ts";
export { type Summary, summaryOf } from "./summary.ts";
export { type VerifyOptions, verifyFolder } from "./verify-folder.ts";
