/** The numbers by plain loops, which run wherever JavaScript runs. They define the noise. */
import type { Maker } from "./maker.ts";
import { fillNormals } from "./normals.ts";
import { blocksOfWords, type Run } from "./philox.ts";

const normalsInto = <A extends Float32Array | Float64Array>(result: A, run: Run): A => {
  fillNormals(result, blocksOfWords(run));
  return result;
};

export const plainMaker: Maker = {
  uniforms: (run) => {
    const words = blocksOfWords(run);
    const result = new Float64Array(words.length);
    for (let i = 0; i < words.length; i++) result[i] = (words[i] as number) * 2 ** -32;
    return result;
  },
  normals: (run) => normalsInto(new Float64Array(4 * run.count), run),
  roundedNormals: (run) => normalsInto(new Float32Array(4 * run.count), run),
};
