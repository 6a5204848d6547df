/**
 * A convolution whose weights are all zero adds its bias alone, whatever it is given, as long as that is finite: where
 * it is added to something, it is left out, and with it all that was computed for it. Such is the way of the noise into
 * a network that is trained without it.
 */
import { applied } from "../recording/record.ts";
import { type Given, given, isConstant, type Term } from "../recording/term.ts";
import type { Rule } from "./pass.ts";

const isZero = (term: Term): boolean => isConstant(term) && term.data.every((value) => value === 0);

/** A convolution whose result is its bias alone: [image, weight, bias or null]. */
const isSilent = (term: Term): boolean => {
  if (term.tag !== "applied" || term.operation !== "conv2d") return false;
  const [, weight, bias] = term.operands as readonly [Term, Term, Term | null];
  return isZero(weight) && (bias === null || isConstant(bias));
};

const biasOf = (term: Term): Given | null =>
  term.tag === "applied" ? (term.operands[2] as Given | null) : null;

/** The bias at every pixel of an image of so many samples: a shift without a scale. */
const shifted = (image: Term, bias: Given): Term => {
  const [samples = 1] = image.shape;
  const channels = bias.data.length;
  const data = Float64Array.from({ length: samples * channels }, (_, i) => bias.data[i % channels] as number);
  const beta = given("matrix", { shape: [samples, channels], data }, "constant");
  return applied("modulate", [image, null, beta]);
};

export const dropZeroConvolutions: Rule = ({ operation, operands }) => {
  if (operation !== "add") return null;
  const [a, b] = operands as readonly [Term, Term];
  const silent = [b, a].find(isSilent);
  if (silent === undefined) return null;
  const [image, bias] = [silent === b ? a : b, biasOf(silent)];
  return bias === null || isZero(bias) ? image : shifted(image, bias);
};
