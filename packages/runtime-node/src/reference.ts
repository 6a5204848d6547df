import { type Engine, type ReferenceTensor, type Runtime, referenceEngine } from "@tadsr/core";
import * as TE from "fp-ts/lib/TaskEither.js";

/** The float64 interpreter in plain TypeScript: always available, exact and slow. */
export const reference: Runtime<ReferenceTensor> = {
  name: "reference",
  epsilon: referenceEngine.epsilon,
  open: TE.right<never, Engine<ReferenceTensor>>(referenceEngine),
};
