export type { DescribeOptions, Skip } from "./describe.ts";
export { describeLaws } from "./describe.ts";
export * from "./plain.ts";
