export type { DescribeOptions } from "./describe.ts";
export { describeLaws } from "./describe.ts";
export * from "./plain.ts";
