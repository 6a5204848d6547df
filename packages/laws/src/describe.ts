/** The laws as a vitest suite. */
import type { Runtime } from "@tadsr/core";
import { afterAll, describe, it } from "vitest";
import { checkSkips, type PlanOptions, planLaws } from "./plan.ts";

export type DescribeOptions<T> = Omit<PlanOptions<T>, "noSkips">;

/**
 * Opens the runtime and tests each law on it, and the gradient laws if it has gradients. If it cannot be opened, there
 * is one skipped test whose title says what is missing and what repairs it; the test fails instead if TADSR_NO_SKIPS=1
 * is in the environment. Each law in `skip` is replaced by its `instead`. A skip whose name is no law's throws.
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
