/** Runs laws without a test framework. */
import type { Engine } from "@tadsr/core";
import * as fc from "fast-check";
import { closeTo } from "./equality.ts";
import type { Law } from "./law.ts";
import { laws } from "./laws.ts";

export interface CheckOptions {
  /** The number of random inputs for a law of cost 1. Default 12. */
  readonly runs?: number;
  /** Seed of the random inputs. Default 42: the same inputs every time. */
  readonly seed?: number;
}

export interface LawResult {
  readonly law: string;
  readonly outcome: "holds" | "fails" | "does not apply";
  /** Why it fails or does not apply; empty if it holds. */
  readonly explanation: string;
}

const DEFAULT_RUNS = 12;
const DEFAULT_SEED = 42;

/** Prints small arrays in full and large ones as their shape. */
const summary = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => {
    if (ArrayBuffer.isView(item)) {
      const data = Array.from(item as Float64Array);
      return data.length <= 16 ? data.join(" ") : `${data.length} numbers`;
    }
    return typeof item === "function" ? "(program)" : item;
  }) ?? String(value);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What the law needs and the engine lacks; null if it lacks nothing. */
const lacking = <T>({ differentiate, joining }: Engine<T>, { needs }: Law): string | null => {
  if (needs === "gradients" && differentiate === null)
    return "the engine has no gradients: differentiate is null";
  return needs === "joining" && joining === undefined
    ? "the engine joins no tensors: joining is absent"
    : null;
};

/** Whether the engine has what the law needs. */
export const applies = <T>(engine: Engine<T>, law: Law): boolean => lacking(engine, law) === null;

/** Tries one law on random inputs. Never throws: if an operation throws, its law fails. */
export const checkLaw = async <T>(
  engine: Engine<T>,
  law: Law,
  { runs = DEFAULT_RUNS, seed = DEFAULT_SEED }: CheckOptions = {},
): Promise<LawResult> => {
  const lack = lacking(engine, law);
  if (lack !== null) return { law: law.name, outcome: "does not apply", explanation: lack };
  const equal = closeTo(engine.epsilon * law.factor);
  const property = fc.asyncProperty(law.inputs, async (inputs) => {
    const verdict = await law.holds(engine, equal, inputs);
    if (verdict !== true) throw new Error(verdict);
  });
  const numRuns = Math.ceil(runs / law.cost);
  const details = await fc.check(property, { seed, numRuns });
  if (!details.failed) return { law: law.name, outcome: "holds", explanation: "" };
  const explanation = [
    `${law.name} fails on ${engine.name}: ${messageOf(details.errorInstance)}`,
    `  the law: ${law.statement}`,
    `  inputs: ${summary(details.counterexample?.[0])}`,
    `  seed ${seed}, run ${details.numRuns} of ${numRuns}, shrunk ${details.numShrinks} times`,
  ].join("\n");
  return { law: law.name, outcome: "fails", explanation };
};

/** Tries laws one after another: all of them, or the given ones. */
export const checkLaws = async <T>(
  engine: Engine<T>,
  options: CheckOptions & { readonly laws?: readonly Law[] } = {},
): Promise<readonly LawResult[]> => {
  const results: LawResult[] = [];
  for (const law of options.laws ?? laws) results.push(await checkLaw(engine, law, options));
  return results;
};
