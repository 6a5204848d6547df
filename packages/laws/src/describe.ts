/** The laws as a vitest suite. */
import type { Runtime } from "@tadsr/core";
import { afterAll, describe, it } from "vitest";
import { checkSkips, type PlanOptions, planLaws } from "./plan.ts";

export type DescribeOptions<T> = Omit<PlanOptions<T>, "noSkips">;

/**
 * Opens the runtime and tests each law on it; gradient laws where it has gradients. A runtime that
 * cannot be opened is a skipped test whose title says what is missing and what mends it, or a failing
 * one where the environment says TADSR_NO_SKIPS=1. A law in `skip` is replaced by its `instead`; a skip
 * that names no law throws.
 */
export const describeLaws = <T>(runtime: Runtime<T>, options: DescribeOptions<T> = {}): void => {
  checkSkips(options.skip ?? []);
  describe(`laws on ${runtime.name}`, async () => {
    const noSkips = process.env.TADSR_NO_SKIPS === "1";
    const { tests, close } = await planLaws(runtime, { ...options, noSkips });
    afterAll(close);
    for (const { title, run } of tests) {
      if (run === null) it.skip(title);
      else it(title, run);
    }
  });
};
