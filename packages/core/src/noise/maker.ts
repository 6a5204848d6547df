/** How a run of blocks becomes numbers. There are two ways, `plain.ts` and `vectors.ts`, with the same bits. */
import type { Run } from "./philox.ts";

/** Blocks in a run, at most: what lies between stays in the nearest cache. */
export const BLOCKS = 480;

/** The numbers of a run's words, one of each, and perhaps more after them; the next call may overwrite them. */
export interface Maker {
  /** In [0, 1), multiples of 2^-32. */
  readonly uniforms: (run: Run) => Float64Array;
  readonly normals: (run: Run) => Float64Array;
  /** The normals rounded to float32. */
  readonly roundedNormals: (run: Run) => Float32Array;
}
