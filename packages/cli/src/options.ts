/** Parsers of option values for commander. Each names the allowed range if it refuses a value. */
import { InvalidArgumentError } from "commander";

/** A whole number in decimal digits, minimum..maximum. */
export const wholeNumber =
  (minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) {
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };

/** A file of weights and its share of a sum. */
export interface SharedFile {
  readonly file: string;
  /** From 0 to 1. */
  readonly share: number;
}

/** FILE:0.75. */
export const sharedFile = (text: string): SharedFile => {
  const [, file = "", share = ""] = /^(.+):([^:]+)$/.exec(text) ?? [];
  const value = share.trim() === "" ? Number.NaN : Number(share);
  if (!(value >= 0 && value <= 1))
    throw new InvalidArgumentError("It must be a file, a colon and a number from 0 to 1, such as FILE:0.75.");
  return { file, share: value };
};

/** A finite number in JavaScript's notation. */
export const finiteNumber = (text: string): number => {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
};

/** The presets of `--degradation`, for the help. */
export const DEGRADATIONS = "realesrgan, imagenet-test, face, light, bicubic";
