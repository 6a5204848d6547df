/**
 * A known scale and shift become part of the normalisation or the convolution before them: (n w + b) (1 + gamma) + beta
 * = n (w (1 + gamma)) + (b (1 + gamma) + beta), for a batch of one.
 */
import type { ConvolutionOptions, GroupNormOptions } from "@tadsr/core";
import { applied } from "../recording/record.ts";
import { type Given, given, isConstant, type Term } from "../recording/term.ts";
import type { Rule } from "./pass.ts";

/** A known scale and shift, by channel. A missing scale is 1. */
interface Modulation {
  readonly factor: (channel: number) => number;
  readonly shift: (channel: number) => number;
}

const vector = (data: Float64Array): Given => given("vector", { shape: [data.length], data }, "constant");

/** A bias, scaled and shifted. A missing bias is 0. */
const modulatedBias = (bias: Given | null, channels: number, { factor, shift }: Modulation): Given =>
  vector(
    Float64Array.from(
      { length: channels },
      (_, channel) => ((bias?.data[channel] as number | undefined) ?? 0) * factor(channel) + shift(channel),
    ),
  );

const intoGroupNorm = (operands: readonly unknown[], modulation: Modulation): Term | null => {
  const [image, weight, bias, options] = operands as readonly [Term, Term, Term, GroupNormOptions];
  if (!isConstant(weight) || !isConstant(bias)) return null;
  const w = Float64Array.from(weight.data, (value, channel) => value * modulation.factor(channel));
  return applied("groupNorm", [image, vector(w), modulatedBias(bias, w.length, modulation), options]);
};

const intoConvolution = (operands: readonly unknown[], modulation: Modulation): Term | null => {
  const [image, weight, bias, options] = operands as readonly [Term, Term, Term | null, ConvolutionOptions];
  if (!isConstant(weight) || (bias !== null && !isConstant(bias))) return null;
  const channels = weight.shape[0] as number;
  const each = weight.data.length / channels;
  const data = Float64Array.from(weight.data, (value, i) => value * modulation.factor(Math.floor(i / each)));
  const kernel = given(weight.kind, { shape: weight.shape, data }, "constant");
  return applied("conv2d", [image, kernel, modulatedBias(bias, channels, modulation), options]);
};

export const fuseModulation: Rule = ({ operation, operands }) => {
  if (operation !== "modulate") return null;
  const [before, gamma, beta] = operands as readonly [Term, Term | null, Term];
  if (before.tag !== "applied" || before.shape[0] !== 1) return null;
  if ((gamma !== null && !isConstant(gamma)) || !isConstant(beta)) return null;
  const modulation: Modulation = {
    factor: (channel) => (gamma === null ? 1 : 1 + (gamma.data[channel] as number)),
    shift: (channel) => beta.data[channel] as number,
  };
  if (before.operation === "groupNorm") return intoGroupNorm(before.operands, modulation);
  return before.operation === "conv2d" ? intoConvolution(before.operands, modulation) : null;
};
