/**
 * Where the paper and its authors' code differ, as named choices; and the draws of
 * times and noise that depend on them. Every draw is a pure function of what is drawn from.
 */
import { type NoiseSource, normal, uniform } from "../noise.ts";
import type { Time } from "../notation.ts";
import type { InputScaling } from "../process.ts";

export interface Reading {
  /** The noise for HSD, SDS and the discriminator's perturbation: N(0, 1), or U[0, 1). */
  readonly perturbation: "normal" | "uniform";
  /** How often the network's input is scaled inside HSD and SDS. */
  readonly inputScaling: InputScaling;
  /** The discriminator's times: 1..T, or 1..T-1 (the first T - 1 indices). */
  readonly discriminatorTimes: "all" | "all-but-last";
}

/** The paper's text: the default everywhere. */
export const paperReading: Reading = {
  perturbation: "normal",
  inputScaling: "once",
  discriminatorTimes: "all",
};

/** What the authors' code does, for whoever reproduces the published weights. */
export const codeReading: Reading = {
  perturbation: "uniform",
  inputScaling: "twice",
  discriminatorTimes: "all-but-last",
};

/** The noise that HSD, SDS and the discriminator perturb with: `count` numbers from `position` on. */
export const perturbationNoise =
  (reading: Reading = paperReading) =>
  (source: NoiseSource, position: number, count: number): Float64Array =>
    (reading.perturbation === "normal" ? normal : uniform)(source, position, count);

/** A time of 1..last from a number in [0, 1), all equally likely. */
const timeUpTo = (last: number, draw: number): Time => {
  if (!(draw >= 0 && draw < 1)) throw new RangeError(`draw is ${draw}; allowed: a number in [0, 1)`);
  return 1 + Math.floor(draw * last);
};

/**
 * t' of HSD and SDS, uniform on {1, ..., floor(T / 5)} ({1, 2, 3} at T = 15), from a number in [0, 1).
 * Where T is below 10, as for faces (T = 4), it is always 1: slight noise is what the loss wants, and
 * 1 is the slightest.
 */
export const scoreTime =
  (T: number) =>
  (draw: number): Time =>
    timeUpTo(Math.max(1, Math.floor(T / 5)), draw);

/** The discriminator's t, uniform on {1, ..., T} or by the authors' code {1, ..., T - 1}; 1 if T = 1. */
export const discriminatorTime =
  (T: number, reading: Reading = paperReading) =>
  (draw: number): Time =>
    timeUpTo(reading.discriminatorTimes === "all" ? T : Math.max(1, T - 1), draw);

/** The teacher's t in Eq 4, uniform on {1, ..., T}, from a number in [0, 1). */
export const denoisingTime =
  (T: number) =>
  (draw: number): Time =>
    timeUpTo(T, draw);
