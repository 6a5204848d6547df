/** Numbers by WebAssembly's vectors, for platforms that have them. */
import * as O from "fp-ts/lib/Option.js";
import { instantiate, type WasmInstance } from "../wasm/instance.ts";
import { BLOCKS, type Maker } from "./maker.ts";
import type { Run } from "./philox.ts";
import { noiseFunctions } from "./vector-code.ts";

/** The bytes of a block's four words. */
const BLOCK = 16;

/** In memory the words come first, then their numbers in float64. Numbers rounded to float32 overwrite the words. */
const WORDS = 0;
const NUMBERS = BLOCK * BLOCKS;

type NoiseInstance = WasmInstance<keyof typeof noiseFunctions>;

/** One page of memory is always enough. None if the platform has no vectors or does not allow their use. */
export const vectorMaker = (): O.Option<Maker> =>
  O.map(({ call, memory }: NoiseInstance): Maker => {
    const doubles = new Float64Array(memory, NUMBERS, 4 * BLOCKS);
    const singles = new Float32Array(memory, WORDS, 4 * BLOCKS);
    const fillWords = ({ key, stream, low, high, count }: Run): number => {
      const end = BLOCK * count;
      call.words(key[0], key[1], stream[0], stream[1], low, high, end);
      return end;
    };
    return {
      uniforms: (run) => {
        call.uniforms(fillWords(run), NUMBERS);
        return doubles;
      },
      normals: (run) => {
        call.normals(fillWords(run), NUMBERS);
        return doubles;
      },
      roundedNormals: (run) => {
        const end = fillWords(run);
        call.normals(end, NUMBERS);
        call.rounded(end, NUMBERS);
        return singles;
      },
    };
  })(instantiate(noiseFunctions, 1));
