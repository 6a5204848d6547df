/** How a run of blocks becomes numbers. There are two ways, `plain.ts` and `vectors.ts`, with the same bits. */
import type { Run } from "./philox.ts";

/** The most blocks in a run. With this many, intermediate results stay in the nearest cache. */
export const BLOCKS = 480;

/**
 * Makes one number from each word of a run. The result may have more after them, and the next call may overwrite it.
 */
export interface Maker {
  /** In [0, 1), multiples of 2^-32. */
  readonly uniforms: (run: Run) => Float64Array;
  readonly normals: (run: Run) => Float64Array;
  /** Normals, rounded to float32. */
  readonly roundedNormals: (run: Run) => Float32Array;
}
