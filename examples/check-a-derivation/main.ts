/**
 * Checks a derivation of your own with a property.
 *
 * The claim: Eq 3 at t and then at t - 1, with one prediction, is a single step of the same form from t to t - 2, with
 * eta_{t-2} in place of eta_{t-1}. The rival is a plausible guess: that the shares of z_y in the two steps add up. The
 * same property refutes it.
 */
import { deterministicStep, etaAt, makeSchedule, type Pointwise, type Schedule } from "@tadsr/core";
import * as fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";

/** The algebra on single numbers: a latent of one element. */
const numbers: Pointwise<number> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  scale: (a, factor) => a * (typeof factor === "number" ? factor : (factor[0] ?? Number.NaN)),
  offset: (a, constant) => a + constant,
  square: (a) => a * a,
  sqrt: Math.sqrt,
  abs: Math.abs,
  relu: (a) => Math.max(0, a),
  softplus: (a) => Math.max(0, a) + Math.log1p(Math.exp(-Math.abs(a))),
  mean: (a) => a,
  stopGradient: (a) => a,
};

/** The coefficients of z_t and z_y for a step from t to t - 2. The coefficient of z_0 is 1 minus the two. */
type Derivation = (schedule: Schedule, t: number) => { readonly m: number; readonly j: number };

const claim: Derivation = (schedule, t) => {
  const [low, high] = [etaAt(schedule, t - 2), etaAt(schedule, t)];
  return { m: Math.sqrt(low / high), j: low - Math.sqrt(low * high) };
};

const rival: Derivation = (schedule, t) => {
  const [low, middle, high] = [etaAt(schedule, t - 2), etaAt(schedule, t - 1), etaAt(schedule, t)];
  return { m: Math.sqrt(low / high), j: low - Math.sqrt(low * middle) + middle - Math.sqrt(middle * high) };
};

/** Any schedule of three steps or more, and a time from which two steps are possible. */
const situation = fc
  .record({
    steps: fc.integer({ min: 3, max: 20 }),
    kappa: fc.double({ min: 0.5, max: 4, noNaN: true }),
    power: fc.double({ min: 0.3, max: 2, noNaN: true }),
  })
  .chain((shape) => {
    const made = makeSchedule({ ...shape, minNoiseLevel: 0.04, etasEnd: 0.99 });
    if (E.isLeft(made)) throw new Error(made.left.message);
    return fc.tuple(fc.constant(made.right), fc.integer({ min: 2, max: made.right.T }));
  });

const latent = fc.double({ min: -2, max: 2, noNaN: true });

/** Whether the derivation's single step equals the two steps, up to float64's rounding. */
const skipsAStep = (derivation: Derivation) =>
  fc.property(situation, latent, latent, latent, ([schedule, t], z_t, z_0, z_y) => {
    const step = deterministicStep(numbers, schedule);
    const twoSteps = step(step(z_t, z_0, z_y, t), z_0, z_y, t - 1);
    const { m, j } = derivation(schedule, t);
    const oneStep = (1 - j - m) * z_0 + m * z_t + j * z_y;
    return Math.abs(oneStep - twoSteps) < 1e-12;
  });

/** Tries both derivations, on a thousand situations each. */
export const main = () => ({
  claim: fc.check(skipsAStep(claim), { seed: 1, numRuns: 1000 }),
  rival: fc.check(skipsAStep(rival), { seed: 1, numRuns: 1000 }),
});

if (import.meta.filename === process.argv[1]) {
  const { claim, rival } = main();
  console.log(claim.failed ? "claim: refuted" : `claim: held ${claim.numRuns} times`);
  console.log(rival.failed ? `rival: refuted after ${rival.numRuns} trials` : "rival: held");
}
