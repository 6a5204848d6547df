/**
 * Dual numbers: every element carries its derivative along one direction. They show a test which operations pass a
 * gradient and which do not.
 */
import type { PerSample, Pointwise } from "../src/index.ts";
import { arrays, type Numbers } from "./arrays.ts";

export interface Dual {
  readonly value: Numbers;
  readonly tangent: Numbers;
}

export const constant = (value: Numbers): Dual => ({ value, tangent: value.map(() => 0) });

/** value + h direction, to first order in h. */
export const varying = (value: Numbers, direction: Numbers): Dual => ({ value, tangent: direction });

const { add, subtract, multiply, divide, scale } = arrays;

const through =
  (formula: (value: Numbers) => Numbers, slope: (value: number) => number) =>
  ({ value, tangent }: Dual): Dual => ({
    value: formula(value),
    tangent: multiply(value.map(slope), tangent),
  });

export const duals: Pointwise<Dual> = {
  add: (a, b) => ({ value: add(a.value, b.value), tangent: add(a.tangent, b.tangent) }),
  subtract: (a, b) => ({ value: subtract(a.value, b.value), tangent: subtract(a.tangent, b.tangent) }),
  multiply: (a, b) => ({
    value: multiply(a.value, b.value),
    tangent: add(multiply(a.tangent, b.value), multiply(a.value, b.tangent)),
  }),
  divide: (a, b) => {
    const value = divide(a.value, b.value);
    return { value, tangent: divide(subtract(a.tangent, multiply(value, b.tangent)), b.value) };
  },
  scale: (a, factor: PerSample) => ({ value: scale(a.value, factor), tangent: scale(a.tangent, factor) }),
  offset: (a, by) => ({ value: arrays.offset(a.value, by), tangent: a.tangent }),
  square: through(arrays.square, (x) => 2 * x),
  sqrt: through(arrays.sqrt, (x) => 0.5 / Math.sqrt(x)),
  abs: through(arrays.abs, Math.sign),
  relu: through(arrays.relu, (x) => (x > 0 ? 1 : 0)),
  softplus: through(arrays.softplus, (x) => 1 / (1 + Math.exp(-x))),
  mean: (a) => ({ value: arrays.mean(a.value), tangent: arrays.mean(a.tangent) }),
  stopGradient: (a) => constant(a.value),
};
