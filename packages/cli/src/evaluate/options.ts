/** The options of `evaluate`. */
import { InvalidArgumentError } from "commander";
import type { NetworkOptions } from "../upscale/options.ts";

export interface EvaluateOptions extends Omit<NetworkOptions, "model" | "mix" | "seed"> {
  readonly originals: string;
  readonly model?: readonly string[];
  /** A preset's name or a JSON file. If it is left out and no model is named, nothing is degraded. */
  readonly degradation?: string;
  readonly seeds?: readonly number[];
  readonly metric?: readonly string[];
  readonly features?: string;
  readonly featuresLinear?: string;
  readonly border: number;
  readonly luma: "exact" | "rounded";
  readonly crop?: number;
  readonly json?: boolean;
  readonly out?: string;
  readonly html?: string;
  /** The number of originals that the page shows; 8 if left out. */
  readonly show?: number;
  readonly keep?: string;
  readonly force?: boolean;
}

const MOST_SEEDS = 1000;

const seedsOf = (part: string): readonly number[] => {
  const [, first, last] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part.trim()) ?? [];
  const [from, to] = [Number(first), Number(last ?? first)];
  if (!(from <= to && to - from < MOST_SEEDS))
    throw new InvalidArgumentError("It must be whole numbers and ranges, such as 0-4 or 0,3,7.");
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
};

/** `0-4`, `7`, `0,3,5-6`: each seed once, in the order in which they are named. */
export const seedList = (text: string): readonly number[] => {
  const seeds = [...new Set(text.split(",").flatMap(seedsOf))];
  if (seeds.length > MOST_SEEDS) throw new InvalidArgumentError(`At most ${MOST_SEEDS} seeds.`);
  return seeds;
};
