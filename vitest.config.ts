import { defineConfig } from "vitest/config";
import type { TestModule } from "vitest/node";

/** Says at the end what was skipped: such a title tells what is missing and what mends it. */
const tellSkipped = {
  onTestRunEnd: (modules: readonly TestModule[]): void => {
    const titles = modules.flatMap((module) =>
      [...module.children.allTests("skipped")].map((test) => test.fullName),
    );
    for (const title of titles) console.log(`not run: ${title}`);
  },
};

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/**/*.spec.ts", "test/**/*.test.ts"],
    reporters: ["default", tellSkipped],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
