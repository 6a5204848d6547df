/**
 * Reverse-mode differentiation. While a differentiation runs, every operation whose operands depend on its parameters
 * is recorded on one tape together with its pull-back. The tape is then read backwards. Operations on other tensors,
 * and all operations outside a differentiation, are not recorded.
 */
import type { Differentiate, Objective, Tensors } from "../engine.ts";
import { shapeText } from "../shape.ts";
import { demand, type ReferenceTensor, tensor } from "./tensor.ts";

/**
 * Where an operand's slope (the derivative of the loss by each of its elements) is gathered: a pull-back adds to it. It
 * is null if there is no operand, or if the operand does not depend on the parameters.
 */
export type Gather = (operand: ReferenceTensor | null) => Float64Array | null;

/** Adds to each operand's slope its part of the result's slope, by the derivative of the operation. */
export type PullBack<Operands extends readonly unknown[]> = (
  slope: ReferenceTensor,
  gather: Gather,
  ...operands: Operands
) => void;

interface Entry {
  readonly result: ReferenceTensor;
  readonly pullBack: (slope: ReferenceTensor, gather: Gather) => void;
}

interface Tape {
  readonly entries: Entry[];
  /** The parameters and everything computed from them, by identity. */
  readonly tracked: Set<unknown>;
}

/** The tape of the running differentiation. Objectives are synchronous, so one variable is enough. */
let active: Tape | null = null;

/** The operation. It is recorded on the active tape if an operand depends on the parameters. */
export const recorded =
  <Operands extends readonly unknown[]>(
    operation: (...operands: Operands) => ReferenceTensor,
    pullBack: PullBack<Operands>,
  ) =>
  (...operands: Operands): ReferenceTensor => {
    const result = operation(...operands);
    const tape = active;
    if (tape !== null && operands.flat().some((operand) => tape.tracked.has(operand))) {
      tape.tracked.add(result);
      tape.entries.push({ result, pullBack: (slope, gather) => pullBack(slope, gather, ...operands) });
    }
    return result;
  };

/** Runs the objective under the tape. Afterwards no tape is active, even if the objective throws. */
const record = (tape: Tape, objective: () => Objective<ReferenceTensor>): Objective<ReferenceTensor> => {
  if (active !== null)
    throw new Error(
      "differentiate: found a differentiation within another's objective, expected one after the other",
    );
  active = tape;
  try {
    return objective();
  } finally {
    active = null;
  }
};

/** The slope of every parameter. Slopes of intermediate results are dropped on the way. */
const readBackwards = (
  { entries, tracked }: Tape,
  loss: ReferenceTensor,
): ReadonlyMap<ReferenceTensor, Float64Array> => {
  const slopes = new Map<ReferenceTensor, Float64Array>();
  const gather: Gather = (operand) => {
    if (operand === null || !tracked.has(operand)) return null;
    const slope = slopes.get(operand) ?? new Float64Array(operand.data.length);
    slopes.set(operand, slope);
    return slope;
  };
  gather(loss)?.fill(1);
  for (const { result, pullBack } of entries.toReversed()) {
    const slope = slopes.get(result);
    if (slope === undefined) continue;
    slopes.delete(result);
    pullBack(tensor(result.shape, slope), gather);
  }
  return slopes;
};

/** As `Engine.differentiate`. Parameters that the objective does not use get zeros. It cannot be nested. */
export const differentiate: Differentiate<ReferenceTensor> = (parameters, objective) => {
  const tape: Tape = { entries: [], tracked: new Set(Object.values(parameters)) };
  const { loss, parts } = record(tape, () => objective(parameters));
  demand(
    loss.data.length === 1,
    "differentiate",
    () => `a loss ${shapeText(loss.shape)}`,
    () => "a scalar",
  );
  const slopes = readBackwards(tape, loss);
  const gradients: Tensors<ReferenceTensor> = Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [
      name,
      tensor(parameter.shape, slopes.get(parameter)?.slice() ?? new Float64Array(parameter.data.length)),
    ]),
  );
  return { loss, parts, gradients };
};
