/** The laws as a vitest suite. */
import type { Engine, Runtime, RuntimeError } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, describe, it } from "vitest";
import { applies, type CheckOptions, checkLaw } from "./check.ts";
import { laws } from "./laws.ts";

/** A law that a backend does not keep, why, and a test of what happens instead. */
export interface Skip<T> {
  /** The law's name, exactly. */
  readonly law: string;
  readonly reason: string;
  /** Throws where the backend does not do this either. */
  readonly instead: (engine: Engine<T>) => void | Promise<void>;
}

export interface DescribeOptions<T> extends CheckOptions {
  readonly skip?: readonly Skip<T>[];
}

const names: ReadonlySet<string> = new Set(laws.map(({ name }) => name));

/** Throws one line where a skip names no law, or a law that is skipped already. */
export const checkSkips = (skips: readonly { readonly law: string }[]): void => {
  const seen = new Set<string>();
  for (const { law } of skips) {
    if (!names.has(law)) throw new Error(`describeLaws: "${law}" is not the name of a law`);
    if (seen.has(law)) throw new Error(`describeLaws: "${law}" is skipped twice`);
    seen.add(law);
  }
};

/** One line: what is missing and what mends it. */
const unavailable = ({ missing, remedy }: RuntimeError): string => `skipped: ${missing}, ${remedy}`;

/** Where everything is installed first, nothing may be skipped. */
const skipsAreFailures = (): boolean => process.env.TADSR_NO_SKIPS === "1";

/**
 * Opens the runtime and tests each law on it; gradient laws where it has gradients. A runtime that
 * cannot be opened is a skipped test whose title says what is missing and what mends it, or a failing
 * one where the environment says TADSR_NO_SKIPS=1. A law in `skip` is replaced by its `instead`.
 */
export const describeLaws = <T>(runtime: Runtime<T>, options: DescribeOptions<T> = {}): void => {
  const skips = options.skip ?? [];
  checkSkips(skips);
  describe(`laws on ${runtime.name}`, async () => {
    const opened = await runtime.open();
    if (E.isLeft(opened)) {
      const title = unavailable(opened.left);
      if (skipsAreFailures())
        it(title, () => {
          throw new Error(`${runtime.name} cannot be opened and TADSR_NO_SKIPS=1: ${title}`);
        });
      else it.skip(title);
      return;
    }
    const engine = opened.right;
    afterAll(() => engine.close());
    for (const law of laws) {
      if (!applies(engine, law)) continue;
      const skip = skips.find(({ law: name }) => name === law.name);
      if (skip !== undefined) {
        it(`${law.name} (not here: ${skip.reason}; what happens instead)`, () => skip.instead(engine));
        continue;
      }
      it(law.name, async () => {
        const { outcome, explanation } = await checkLaw(engine, law, options);
        if (outcome === "fails") throw new Error(explanation);
      });
    }
  });
};
