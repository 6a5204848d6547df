/** Nothing is differentiated here: a stopped gradient is its operand. */
import type { Term } from "../recording/term.ts";
import type { Rule } from "./pass.ts";

export const dropGradientStops: Rule = ({ operation, operands: [operand] }) =>
  operation === "stopGradient" ? (operand as Term) : null;
