/** Times for each GFLOP, so that works of different size are compared by how fast they compute. */
import type { Side } from "./alternate.ts";

/** Two operations for a product and its sum. */
export const gflopOf = (products: number): number => (2 * products) / 1e9;

/** A side whose milliseconds are those of one GFLOP. */
export const forEachGflop = (side: Side, gflop: number): Side => ({
  name: `${side.name}, each GFLOP`,
  run: async () => (await side.run()) / gflop,
});
