/** Makes broken engines, and checks that a law catches them. */
import {
  type Algebra,
  type Engine,
  referenceAlgebra as R,
  type ReferenceTensor,
  referenceEngine,
} from "@tadsr/core";
import { checkLaw, laws } from "@tadsr/laws";
import { expect } from "vitest";

/** The result of trying the law with this name. */
export const outcome = async <T>(engine: Engine<T>, name: string) => {
  const law = laws.find((candidate) => candidate.name === name);
  if (law === undefined) throw new Error(`no law is called ${name}`);
  return checkLaw(engine, law);
};

/** Expects the law with this name to fail, and its explanation to name it. */
export const expectCaught = async <T>(engine: Engine<T>, name: string): Promise<void> => {
  const result = await outcome(engine, name);
  expect(result).toMatchObject({ law: name, outcome: "fails" });
  expect(result.explanation).toContain(name);
  expect(result.explanation).toContain("seed 42");
};

/** The reference engine with parts of its algebra replaced. */
export const withAlgebra = (changed: Partial<Algebra<ReferenceTensor>>): Engine<ReferenceTensor> => ({
  ...referenceEngine,
  name: "broken",
  algebra: { ...R, ...changed },
  // The reference's tape does not record the operations that replace its own.
  differentiate: null,
});

export const map = (a: ReferenceTensor, f: (x: number) => number): ReferenceTensor => ({
  shape: a.shape,
  data: a.data.map(f),
});

/** Mistakes: what each is, the operations that make it, and the name of the law that catches it. */
export type Faults<T = ReferenceTensor> = readonly (readonly [
  fault: string,
  changed: Partial<Algebra<T>>,
  law: string,
])[];
