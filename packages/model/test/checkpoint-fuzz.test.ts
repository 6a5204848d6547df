/** A few of the mutations that `pnpm fuzz` tries by the ten thousand. Each depends only on its number. */
import { describe, expect, it } from "vitest";
import { fuzzSubjects, type Reader } from "./checkpoint/fuzz-subjects.ts";
import { damaged, type Outcome, outcomeOf } from "./checkpoint/mutations.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = await temporaryFolder();
const MUTATIONS = 300;

describe.each(["zip", "legacy", "safetensors"] as const satisfies readonly Reader[])("%s", (reader) => {
  it(`is refused or read correctly after each of ${MUTATIONS} damages`, async () => {
    const subjects = await fuzzSubjects(reader, path("made"));
    const outcomes: Record<Outcome, number> = { refused: 0, identical: 0, "other numbers": 0, wrong: 0 };
    const wrong: string[] = [];
    for (let seed = 0; seed < MUTATIONS; seed++) {
      const subject = subjects[seed % subjects.length];
      if (subject === undefined) throw new Error("there is no fixture");
      const { outcome } = await outcomeOf(subject, damaged(subject, seed), path("damaged"));
      outcomes[outcome] += 1;
      if (outcome === "wrong") wrong.push(`${subject.name}, seed ${seed}`);
    }
    expect(wrong).toEqual([]);
    // The test would be worthless if it broke nothing, or nothing that is compared.
    expect(outcomes.refused).toBeGreaterThan(MUTATIONS / 2);
    expect(outcomes["other numbers"] > 0).toBe(reader !== "zip");
  });
});
