/**
 * A scale and a shift that are known go into the normalisation before them:
 * (n w + b) (1 + gamma) + beta = n (w (1 + gamma)) + (b (1 + gamma) + beta), for a batch of one.
 */
import type { GroupNormOptions } from "@tadsr/core";
import { applied } from "../recording/record.ts";
import { type Given, given, isConstant, type Term } from "../recording/term.ts";
import type { Rule } from "./pass.ts";

const vector = (data: Float64Array): Given => given("vector", { shape: [data.length], data }, "constant");

export const fuseModulation: Rule = ({ operation, operands }) => {
  if (operation !== "modulate") return null;
  const [norm, gamma, beta] = operands as readonly [Term, Term, Term];
  if (norm.tag !== "applied" || norm.operation !== "groupNorm" || norm.shape[0] !== 1) return null;
  const [image, weight, bias, options] = norm.operands as readonly [Term, Term, Term, GroupNormOptions];
  if (!isConstant(gamma) || !isConstant(beta) || !isConstant(weight) || !isConstant(bias)) return null;
  const factor = (channel: number): number => 1 + (gamma.data[channel] as number);
  const w = Float64Array.from(weight.data, (value, channel) => value * factor(channel));
  const b = Float64Array.from(
    bias.data,
    (value, channel) => value * factor(channel) + (beta.data[channel] as number),
  );
  return applied("groupNorm", [image, vector(w), vector(b), options]);
};
