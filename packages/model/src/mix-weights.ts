/** Mixes the weights of two networks, as Real-ESRGAN does to set how much noise is removed (--denoise_strength). */
import { isSameShape, type NdArray, shapeText } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { quoted } from "./quoted.ts";
import type { HostWeights } from "./weights.ts";

/** The weights belong to different networks, or the share is not from 0 to 1. */
export interface CannotMix {
  readonly _tag: "CannotMix";
  readonly message: string;
}

const cannot = (why: string): E.Either<CannotMix, never> =>
  E.left({ _tag: "CannotMix", message: `the weights cannot be mixed: ${why}` });

const mixed = (a: NdArray, b: NdArray, share: number): NdArray => ({
  shape: a.shape,
  data: Float32Array.from(a.data, (x, i) => (1 - share) * x + share * (b.data[i] as number)),
});

/** (1 - share) a + share b in float32, with the share from 0 to 1. Both have the same names and shapes. */
export const mixWeights = (
  a: HostWeights,
  b: HostWeights,
  share: number,
): E.Either<CannotMix, HostWeights> => {
  if (!(share >= 0 && share <= 1)) return cannot(`the second's share is ${share}; allowed: from 0 to 1`);
  const stray = Object.keys(b).find((name) => a[name] === undefined);
  if (stray !== undefined) return cannot(`only the second has ${quoted(stray)}`);
  const result: [string, NdArray][] = [];
  for (const [name, ofA] of Object.entries(a)) {
    const ofB = b[name];
    if (ofB === undefined) return cannot(`only the first has ${quoted(name)}`);
    if (!isSameShape(ofA.shape, ofB.shape))
      return cannot(
        `${quoted(name)} is ${shapeText(ofA.shape)} in the first and ${shapeText(ofB.shape)} in the second`,
      );
    result.push([name, mixed(ofA, ofB, share)]);
  }
  return E.right(Object.fromEntries(result));
};
