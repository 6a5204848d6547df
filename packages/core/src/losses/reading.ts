/**
 * Named choices for the places where the paper and its authors' code (TAD-SR) differ, and the draws of times and noise
 * that depend on them. Every draw is a pure function of its arguments. docs/authors-code.md lists all such places.
 */
import { type NoiseSource, normal, uniform } from "../noise.ts";
import type { Time } from "../notation.ts";
import type { InputScaling } from "../process.ts";

export interface Reading {
  /** The noise for HSD, SDS and the discriminator's perturbation: N(0, 1), or U[0, 1). */
  readonly perturbation: "normal" | "uniform";
  /** How often the network's input is scaled inside HSD and SDS (`predictClean`). */
  readonly inputScaling: InputScaling;
  /** The discriminator's times: 1..T, or 1..T-1 (the first T - 1 indices). */
  readonly discriminatorTimes: "all" | "all-but-last";
}

/** What the paper's text says: the default everywhere. */
export const paperReading: Reading = {
  perturbation: "normal",
  inputScaling: "once",
  discriminatorTimes: "all",
};

/** What the authors' code does, for anyone who reproduces the published weights. */
export const codeReading: Reading = {
  perturbation: "uniform",
  inputScaling: "twice",
  discriminatorTimes: "all-but-last",
};

/** The noise that perturbs the latents of HSD, SDS and the discriminator: `count` numbers from `position` on. */
export const perturbationNoise =
  (reading: Reading = paperReading) =>
  (source: NoiseSource, position: number, count: number): Float64Array =>
    (reading.perturbation === "normal" ? normal : uniform)(source, position, count);

/** A time in 1..last from a number in [0, 1). All times are equally likely. */
const timeUpTo = (last: number, draw: number): Time => {
  if (!(draw >= 0 && draw < 1)) throw new RangeError(`draw is ${draw}; allowed: a number in [0, 1)`);
  return 1 + Math.floor(draw * last);
};

/**
 * t' of HSD and SDS (Algorithm 1 of the paper), uniform on {1, ..., floor(T / 5)} ({1, 2, 3} at T = 15), from a number
 * in [0, 1). If T is below 10, as for faces (T = 4), it is always 1: the loss wants slight noise, and t' = 1 has the
 * least.
 */
export const scoreTime =
  (T: number) =>
  (draw: number): Time =>
    timeUpTo(Math.max(1, Math.floor(T / 5)), draw);

/** The discriminator's t, uniform on {1, ..., T}, or on {1, ..., T - 1} as in the authors' code; 1 if T = 1. */
export const discriminatorTime =
  (T: number, reading: Reading = paperReading) =>
  (draw: number): Time =>
    timeUpTo(reading.discriminatorTimes === "all" ? T : Math.max(1, T - 1), draw);

/** The teacher's t in Eq 4, uniform on {1, ..., T}, from a number in [0, 1). */
export const denoisingTime =
  (T: number) =>
  (draw: number): Time =>
    timeUpTo(T, draw);
