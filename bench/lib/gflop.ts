/** Times for each GFLOP, so that works of different sizes can be compared by their speed. */
import type { Side } from "./alternate.ts";

/** A product and its sum count as two operations. */
export const gflopOf = (products: number): number => (2 * products) / 1e9;

/** A side whose milliseconds are divided by its number of GFLOP. */
export const forEachGflop = (side: Side, gflop: number): Side => ({
  name: `${side.name}, each GFLOP`,
  run: async () => (await side.run()) / gflop,
});
