/**
 * Tests the laws after each simplification of terms, and after all of them: on an engine that records operations,
 * simplifies them and evaluates them in float64. Everything that a law uploads, except images, is constant, so that
 * there is something to simplify.
 */
import { type Engine, type NdArray, type ReferenceTensor, referenceAlgebra } from "@tadsr/core";
import { checkLaws, describeLaws } from "@tadsr/laws";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { given, rules, simplify, type Term, termAlgebra } from "../src/index.ts";
import type { Rule } from "../src/passes/index.ts";
import { interpret } from "../src/recording/term.ts";

/** A scale and shift inside the weights of a norm round in another order. */
const EPSILON = 2 ** -51;

const asReference = ({ shape, data }: NdArray): ReferenceTensor => ({ shape, data: Float64Array.from(data) });

/** Memory belongs to the garbage collector, as on the reference. */
const simplifying = (name: string, list: readonly Rule[]): Engine<Term> => ({
  name,
  epsilon: EPSILON,
  algebra: termAlgebra,
  upload: (kind, { shape, data }) =>
    given(kind, { shape: [...shape], data: data.slice() }, kind === "image" ? "data" : "constant"),
  download: async (_kind, term) => {
    const [value] = interpret(simplify([term], list), referenceAlgebra, asReference) as [ReferenceTensor];
    return { shape: [...value.shape], data: value.data.slice() };
  },
  scope: (work) => work(),
  release: () => undefined,
  liveTensors: () => 0,
  differentiate: null,
  close: async () => undefined,
});

const lists: readonly (readonly [string, readonly Rule[]])[] = [
  ...rules.map((rule) => [`terms simplified by ${rule.name}`, [rule]] as const),
  ["terms simplified by all rules", rules],
];

for (const [name, list] of lists) {
  const engine = simplifying(name, list);
  describeLaws({ name, epsilon: engine.epsilon, open: TE.right(engine) }, { runs: 4 });
}

describe("the laws of simplified terms", () => {
  it("are broken by a rule that changes values", async () => {
    const wrong: Rule = ({ operation, operands: [a] }) =>
      operation === "relu" ? termAlgebra.abs(a as Term) : null;
    const results = await checkLaws(simplifying("wrong", [...rules, wrong]), { runs: 4 });
    const failing = results.flatMap(({ law, outcome }) => (outcome === "fails" ? [law] : []));
    expect(failing).toContain("agrees with the reference: relu");
  });
});
