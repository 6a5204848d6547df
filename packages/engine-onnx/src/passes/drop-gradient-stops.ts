/** Nothing is differentiated here, so a stopped gradient is replaced by its operand. */
import type { Term } from "../recording/term.ts";
import type { Rule } from "./pass.ts";

export const dropGradientStops: Rule = ({ operation, operands: [operand] }) =>
  operation === "stopGradient" ? (operand as Term) : null;
