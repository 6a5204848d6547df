/** Turns a number drawn evenly from 0..1 into a parameter of a degradation. */
import type { Size } from "@tadsr/model";
import type { Range } from "./description.ts";

export const within = ([lowest, highest]: Range, u: number): number => lowest + u * (highest - lowest);

/** A whole number; both ends are included, and all numbers are equally likely. */
export const wholeWithin = ([lowest, highest]: Range, u: number): number =>
  Math.floor(within([lowest, highest + 1], u));

/** An odd number; both ends are odd and included, and all odd numbers are equally likely. */
export const oddWithin = ([lowest, highest]: Range, u: number): number =>
  2 * wholeWithin([(lowest - 1) / 2, (highest - 1) / 2], u) + 1;

/** One of the names, with probabilities in proportion to their weights; at least one weight is above 0. */
export const chosen = <K extends string>(weights: Readonly<Record<K, number>>, u: number): K => {
  const entries = (Object.entries(weights) as [K, number][]).filter(([, weight]) => weight > 0);
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  let below = 0;
  const found = entries.find(([, weight]) => {
    below += weight;
    return u * total < below;
  });
  return (found ?? (entries.at(-1) as [K, number]))[0];
};

/** The size times `factor`, at least one pixel a side. */
export const scaled = ({ width, height }: Size, factor: number): Size => ({
  width: Math.max(1, Math.round(factor * width)),
  height: Math.max(1, Math.round(factor * height)),
});
