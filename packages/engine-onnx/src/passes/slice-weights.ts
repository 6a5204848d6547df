/**
 * A slice of a linear map's outputs is a linear map with some of its rows. So query, key and value are computed
 * separately where they are needed separately, and no copy separates them.
 */
import { applied } from "../recording/record.ts";
import { type Given, given, isConstant, type Term } from "../recording/term.ts";
import type { Rule } from "./pass.ts";

/** Rows start..start + length - 1 of a matrix, or those elements of a vector. */
const rowsOf = ({ kind, shape, data }: Given, start: number, length: number): Given => {
  const width = shape[1] ?? 1;
  return given(
    kind,
    { shape: [length, ...shape.slice(1)], data: data.slice(start * width, (start + length) * width) },
    "constant",
  );
};

export const sliceWeights: Rule = ({ operation, operands }) => {
  if (operation !== "sliceChannels") return null;
  const [map, start, length] = operands as readonly [Term, number, number];
  if (map.tag !== "applied" || map.operation !== "linear") return null;
  const [input, weight, bias] = map.operands as readonly [Term, Term, Term | null];
  if (!isConstant(weight) || (bias !== null && !isConstant(bias))) return null;
  return applied("linear", [
    input,
    rowsOf(weight, start, length),
    bias === null ? null : rowsOf(bias, start, length),
  ]);
};
