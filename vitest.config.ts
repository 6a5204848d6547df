import { defineConfig } from "vitest/config";
import type { TestModule } from "vitest/node";

/** Says at the end what was skipped: its title, or its note, tells what is missing and what mends it. */
const tellSkipped = {
  onTestRunEnd: (modules: readonly TestModule[]): void => {
    for (const module of modules) {
      for (const test of module.children.allTests("skipped")) {
        const result = test.result();
        const note = result.state === "skipped" && result.note !== undefined ? `: ${result.note}` : "";
        console.log(`not run: ${test.fullName}${note}`);
      }
    }
  },
};

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/**/*.spec.ts", "test/**/*.test.ts"],
    setupFiles: ["test/property-seed.ts"],
    reporters: ["default", tellSkipped],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // No model is kept in the cache of whoever runs the tests, nor taken from it.
    env: { TADSR_CACHE: "" },
  },
});
