/** What the noise depends on besides the position. */
import * as E from "fp-ts/lib/Either.js";

export interface NoiseSource {
  /** 0..2^53 - 1. */
  readonly seed: number;
  /** 0..2^53 - 1. Another stream is independent noise under the same seed, for another purpose. */
  readonly stream: number;
}

export interface NoiseSourceError {
  readonly _tag: "InvalidNoiseSource";
  readonly field: keyof NoiseSource;
  readonly found: unknown;
  readonly allowed: string;
  readonly message: string;
}

const isIndex = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** A source, or an error that says what is wrong with its seed or stream. */
export const noiseSource = (seed: number, stream: number): E.Either<NoiseSourceError, NoiseSource> => {
  const allowed = "an integer from 0 to 2^53 - 1";
  const refuse = (field: keyof NoiseSource, found: number): E.Either<NoiseSourceError, never> =>
    E.left({
      _tag: "InvalidNoiseSource",
      field,
      found,
      allowed,
      message: `noise: ${field} is ${found}; allowed: ${allowed}`,
    });
  if (!isIndex(seed)) return refuse("seed", seed);
  if (!isIndex(stream)) return refuse("stream", stream);
  return E.right({ seed, stream });
};

/**
 * Throws a RangeError if a seed, stream, position or count is no integer of its range: that is a defect of the calling
 * program. `noiseSource` checks a user's input.
 */
export const checkPlace = ({ seed, stream }: NoiseSource, position: number, count: number): void => {
  for (const [name, value] of Object.entries({ seed, stream, position, count, end: position + count }))
    if (!isIndex(value))
      throw new RangeError(`noise: ${name} is ${value}; allowed: an integer from 0 to 2^53 - 1`);
};
