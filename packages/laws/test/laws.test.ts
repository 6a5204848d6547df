/** The laws hold on correct engines: the reference, one that counts its memory, and one with exact gradients. */
import { anyRuntime, type Engine, referenceAlgebra, referenceEngine } from "@tadsr/core";
import { agreementLaws, checkLaws, describeLaws, gradientLaws, laws } from "@tadsr/laws";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { countingEngine } from "./counting-engine.ts";
import { dualEngine } from "./dual-engine.ts";

const runtimeOf = <T>(engine: Engine<T>) =>
  anyRuntime({ name: engine.name, epsilon: engine.epsilon, open: TE.right(engine) });

describeLaws(runtimeOf(referenceEngine));
describeLaws(runtimeOf(countingEngine()));
describeLaws(runtimeOf(dualEngine()));

describe("the list of laws", () => {
  const operations = Object.keys(referenceAlgebra).sort();
  const touchedBy = (group: readonly (typeof laws)[number][]): readonly string[] =>
    [...new Set(group.flatMap((law) => law.operations))].sort();

  it("compares every operation of the algebra with the reference", () => {
    expect(touchedBy(agreementLaws)).toEqual(operations);
    for (const operation of operations)
      expect(laws.map(({ name }) => name)).toContain(`agrees with the reference: ${operation}`);
  });

  it("states a law of its own for every operation", () => {
    const own = laws.filter((law) => !agreementLaws.includes(law) && !gradientLaws.includes(law));
    expect(touchedBy(own)).toEqual(operations);
  });

  it("tests the gradient of every operation", () => {
    expect(touchedBy(gradientLaws)).toEqual(operations);
  });

  it("names each law once", () => {
    expect(new Set(laws.map(({ name }) => name)).size).toBe(laws.length);
  });

  it("holds with other seeds too", async () => {
    for (const seed of [1, 2, 3]) {
      const results = [
        ...(await checkLaws(referenceEngine, { seed, runs: 20 })),
        ...(await checkLaws(dualEngine(), { seed, runs: 6, laws: gradientLaws })),
      ];
      expect(results.filter(({ outcome }) => outcome === "fails")).toEqual([]);
    }
  });
});
