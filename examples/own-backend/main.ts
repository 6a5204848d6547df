/**
 * Writes a backend of your own and tests it with the laws.
 *
 * The backend computes in float32. It is the reference interpreter with every result rounded, made by one function over
 * the record of operations. A backend on another tensor library has the same parts: an algebra, upload and download in
 * the logical layouts, and a runtime that opens it.
 */
import { type Algebra, type Engine, type ReferenceTensor, type Runtime, referenceEngine } from "@tadsr/core";
import { checkLaws, type LawResult } from "@tadsr/laws/plain";
import * as TE from "fp-ts/lib/TaskEither.js";

type Operation = (...args: readonly unknown[]) => ReferenceTensor;

const rounded = ({ shape, data }: ReferenceTensor): ReferenceTensor => ({
  shape,
  data: data.map(Math.fround),
});

/** The algebra with a function applied to every result. */
const after = (
  algebra: Algebra<ReferenceTensor>,
  change: (result: ReferenceTensor) => ReferenceTensor,
): Algebra<ReferenceTensor> => {
  const operations = Object.entries(algebra).map(([name, operation]) => [
    name,
    (...args: readonly unknown[]) => change((operation as unknown as Operation)(...args)),
  ]);
  return Object.fromEntries(operations) as unknown as Algebra<ReferenceTensor>;
};

const float32Engine: Engine<ReferenceTensor> = {
  ...referenceEngine,
  name: "float32",
  algebra: after(referenceEngine.algebra, rounded),
  /** A result has an error of half a unit in its last place. Sums are exact until they are rounded. */
  epsilon: 2 ** -23,
  upload: (kind, array) => rounded(referenceEngine.upload(kind, array)),
  /** null, since the reference's gradients follow its own tensors and not the rounded ones. */
  differentiate: null,
};

/** The value that `describeLaws`, the command line and the examples take. This one can always be opened. */
export const float32: Runtime<ReferenceTensor> = {
  name: float32Engine.name,
  epsilon: float32Engine.epsilon,
  open: TE.right(float32Engine),
};

/** The same with a mistake: the convolution ignores its stride. */
const brokenEngine: Engine<ReferenceTensor> = {
  ...float32Engine,
  name: "broken",
  algebra: {
    ...float32Engine.algebra,
    conv2d: (image, weight, bias, { padding }) =>
      float32Engine.algebra.conv2d(image, weight, bias, { padding, stride: 1 }),
  },
};

/** Tries the laws on both engines, without a test framework. */
export const main = async (): Promise<Readonly<Record<"float32" | "broken", readonly LawResult[]>>> => ({
  float32: await checkLaws(float32Engine),
  broken: await checkLaws(brokenEngine),
});

if (import.meta.filename === process.argv[1]) {
  for (const [name, results] of Object.entries(await main())) {
    const number = (outcome: LawResult["outcome"]): number =>
      results.filter((result) => result.outcome === outcome).length;
    console.log(`${name}: ${number("holds")} laws hold, ${number("fails")} fail`);
    for (const { outcome, explanation } of results) if (outcome === "fails") console.log(explanation);
  }
}
