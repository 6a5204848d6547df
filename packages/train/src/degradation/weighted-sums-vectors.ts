/** The sums of `weighted-sums.ts` by WebAssembly's vectors, in the same order, and so with the same bits. */
import {
  f32x4,
  fold,
  type Int,
  i32,
  instantiate,
  loop,
  together,
  type Vector,
  v128,
  type WasmInstance,
  wasmFunction,
} from "@tadsr/core/wasm";
import * as O from "fp-ts/lib/Option.js";
import type { WeightedSums } from "./weighted-sums.ts";

/** The bytes of a number, and of a pixel, the distance of two taps. */
const NUMBER = 4;
const PIXEL = 12;

/** The number of vectors, each of four numbers, whose sums are in registers at the same time. */
const VECTORS = 8;
const GROUP = 16 * VECTORS;

/** The address of the weights after those of a row, and the sums with that row, from `first` to `end`, added. */
const addRow = (first: Int, end: Int, weight: Int, sums: readonly Vector[]) =>
  fold({ from: first, to: end, step: PIXEL }, [weight, ...sums], (tap, [at, ...before]) => {
    const factor = v128.loadSplat(at);
    const after = before.map((sum, n) => f32x4.add(sum, f32x4.multiply(factor, v128.load(tap, 16 * n))));
    return { next: [i32.add(at, i32.constant(NUMBER)), ...after] };
  });

interface Place {
  readonly stride: Int;
  readonly weights: Int;
  readonly rows: Int;
  readonly taps: Int;
}

/** A group of sums. The first begins at the address `start` of the source. */
const groupOfSums = (start: Int, { stride, weights, rows, taps }: Place) => {
  const begun = Array.from({ length: VECTORS }, () => f32x4.constant(0));
  return fold({ from: i32.constant(0), to: rows, step: 1 }, [start, weights, ...begun], (_, values) => {
    const [first, weight, ...before] = values;
    const end = i32.add(first, taps);
    const { loop: overTaps, values: added } = addRow(first, end, weight, before);
    return { does: [together([end]), overTaps], next: [i32.add(first, stride), ...added] };
  });
};

/**
 * A result of `height` rows of `width` bytes, rounded up to whole groups. All arguments are in bytes: addresses,
 * strides, and `taps`, the width of a row of weights in the source.
 */
const sums = wasmFunction(
  ["source", "stride", "weights", "rows", "taps", "target", "targetStride", "width", "height"],
  ({ source, target, targetStride, width, height, ...place }) => {
    const zero = i32.constant(0);
    const overHeight = fold({ from: zero, to: height, step: 1 }, [source, target], (_, [from, to]) => {
      const overWidth = loop({ from: zero, to: width, step: GROUP }, (at) => {
        const [start, end] = [i32.add(from, at), i32.add(to, at)];
        const group = groupOfSums(start, place);
        const [, , ...results] = group.values;
        return [group.loop, ...results.map((result, n) => v128.store(end, 16 * n, result))];
      });
      return { does: [overWidth], next: [i32.add(from, place.stride), i32.add(to, targetStride)] };
    });
    return [overHeight.loop];
  },
);

/** A part of the result that is computed at a time: its width in numbers, in whole groups, and its most rows. */
const TILE = { width: (9 * GROUP) / NUMBER, height: 64 } as const;

/** The memory is the same for all pictures: this many weights, then numbers of the source, then the result. */
const WEIGHTS = 4096;
const SOURCE = 81_920;
const PAGES = Math.ceil((NUMBER * (WEIGHTS + SOURCE + TILE.width * TILE.height)) / 65_536);

/** None if the sums have more weights than the memory holds. */
export type VectorSums = (sums: WeightedSums) => O.Option<Float32Array>;

const sumsBy = ({ call, memory }: WasmInstance<"sums">): VectorSums => {
  const numbers = new Float32Array(memory);
  return ({ source, stride, weights, rows, taps, width, height }) => {
    const tileStride = TILE.width + 3 * (taps - 1);
    const tileRows = Math.min(TILE.height, Math.floor(SOURCE / tileStride) - (rows - 1));
    if (weights.length > WEIGHTS || tileRows < 1) return O.none;
    const result = new Float32Array(width * height);
    numbers.set(weights);
    for (let top = 0; top < height; top += tileRows)
      for (let left = 0; left < width; left += TILE.width) {
        const [across, down] = [Math.min(TILE.width, width - left), Math.min(tileRows, height - top)];
        for (let y = 0; y < down + rows - 1; y++) {
          const from = stride * (top + y) + left;
          numbers.set(source.subarray(from, from + across + 3 * (taps - 1)), WEIGHTS + tileStride * y);
        }
        call.sums(
          NUMBER * WEIGHTS,
          NUMBER * tileStride,
          0,
          rows,
          PIXEL * taps,
          NUMBER * (WEIGHTS + SOURCE),
          NUMBER * TILE.width,
          NUMBER * across,
          down,
        );
        for (let y = 0; y < down; y++) {
          const from = WEIGHTS + SOURCE + TILE.width * y;
          result.set(numbers.subarray(from, from + across), width * (top + y) + left);
        }
      }
    return O.some(result);
  };
};

/** None if the platform has no vectors or does not allow their use. */
export const vectorSums = (): O.Option<VectorSums> => O.map(sumsBy)(instantiate({ sums }, PAGES));
