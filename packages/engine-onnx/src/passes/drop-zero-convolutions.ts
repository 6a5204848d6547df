/**
 * A convolution with zero weights gives its bias for any finite input. If it is added to something, it is left out, and
 * everything that was computed only for it. This happens to the noise input of a network that is trained without noise.
 */
import { applied } from "../recording/record.ts";
import { type Given, given, isConstant, type Term } from "../recording/term.ts";
import type { Rule } from "./pass.ts";

const isZero = (term: Term): boolean => isConstant(term) && term.data.every((value) => value === 0);

/** A convolution whose result is only its bias: [image, weight, bias or null]. */
const isSilent = (term: Term): boolean => {
  if (term.tag !== "applied" || term.operation !== "conv2d") return false;
  const [, weight, bias] = term.operands as readonly [Term, Term, Term | null];
  return isZero(weight) && (bias === null || isConstant(bias));
};

const biasOf = (term: Term): Given | null =>
  term.tag === "applied" ? (term.operands[2] as Given | null) : null;

/** The bias at every pixel of the image, for each sample: a shift without a scale. */
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
