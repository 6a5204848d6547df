import { expect, test } from "vitest";
import { main } from "./main.ts";

test("the derivation holds a thousand times; a counterexample refutes the plausible rival", () => {
  const { claim, rival } = main();
  expect(claim.failed).toBe(false);
  expect(claim.numRuns).toBe(1000);
  expect(rival.failed).toBe(true);
  expect(rival.counterexample).not.toBeNull();
});
