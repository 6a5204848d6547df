/** Plans the tests of a runtime's suite, without a test framework. */
import type { Engine, Runtime } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { applies, type CheckOptions, checkLaw } from "./check.ts";
import { laws } from "./laws.ts";

/** A law that a backend does not keep, the reason, and a test of what happens instead. */
export interface Skip<T> {
  /** The law's name, exactly. */
  readonly law: string;
  readonly reason: string;
  /** Throws if the backend does not do this either. */
  readonly instead: (engine: Engine<T>) => void | Promise<void>;
}

export interface PlanOptions<T> extends CheckOptions {
  readonly skip?: readonly Skip<T>[];
  /** Whether a runtime that cannot be opened is a failure. */
  readonly noSkips: boolean;
}

/** A test. `run` rejects if it fails. It is null if the test is skipped, and then the title says why. */
export interface PlannedTest {
  readonly title: string;
  readonly run: (() => Promise<void>) | null;
}

export interface Plan {
  readonly tests: readonly PlannedTest[];
  readonly close: () => Promise<void>;
}

const names: ReadonlySet<string> = new Set(laws.map(({ name }) => name));

/** Throws one line if a skip names no law, or names a law that is skipped already. */
export const checkSkips = (skips: readonly { readonly law: string }[]): void => {
  const seen = new Set<string>();
  for (const { law } of skips) {
    if (!names.has(law)) throw new Error(`describeLaws: "${law}" is not the name of a law`);
    if (seen.has(law)) throw new Error(`describeLaws: "${law}" is skipped twice`);
    seen.add(law);
  }
};

const testsOn = <T>(engine: Engine<T>, options: PlanOptions<T>): readonly PlannedTest[] =>
  laws
    .filter((law) => applies(engine, law))
    .map((law): PlannedTest => {
      const skip = options.skip?.find(({ law: name }) => name === law.name);
      if (skip !== undefined) {
        const title = `${law.name} (not here: ${skip.reason}; what happens instead)`;
        return { title, run: async () => skip.instead(engine) };
      }
      const run = async (): Promise<void> => {
        const { outcome, explanation } = await checkLaw(engine, law, options);
        if (outcome === "fails") throw new Error(explanation);
      };
      return { title: law.name, run };
    });

/**
 * Opens the runtime, and returns a test for each law that applies. If it cannot be opened, returns one test whose title
 * says `skipped: <what is missing>, <what repairs it>`.
 */
export const planLaws = async <T>(runtime: Runtime<T>, options: PlanOptions<T>): Promise<Plan> => {
  checkSkips(options.skip ?? []);
  const opened = await runtime.open();
  if (E.isRight(opened)) {
    const engine = opened.right;
    return { tests: testsOn(engine, options), close: () => engine.close() };
  }
  const { missing, remedy } = opened.left;
  const title = `skipped: ${missing}, ${remedy}`;
  const fail = async (): Promise<void> => {
    throw new Error(`${runtime.name} cannot be opened, and TADSR_NO_SKIPS=1 makes that a failure: ${title}`);
  };
  return { tests: [{ title, run: options.noSkips ? fail : null }], close: async () => undefined };
};
