import { type Objective, type ReferenceTensor, referenceEngine, type Tensors } from "@tadsr/core";
import { describe, expect, test } from "vitest";
import { ADAMW_DEFAULTS } from "../src/adamw.ts";
import { type Packing, packingOf } from "../src/packing.ts";
import { type LearningState, takeStep } from "../src/step.ts";
import type { DiscriminatorTensors, PreparedStep } from "../src/task.ts";

type Scalar = ReferenceTensor;

const scalar = (value: number): Scalar =>
  referenceEngine.upload("scalar", { shape: [], data: Float64Array.of(value) });

const value = (tensor: Scalar | undefined): number => tensor?.data[0] ?? Number.NaN;

/** An engine whose gradients are all 1, so AdamW's first step subtracts the rate from every weight. */
const slope = {
  ...referenceEngine,
  differentiate: (
    parameters: Tensors<Scalar>,
    objective: (parameters: Tensors<Scalar>) => Objective<Scalar>,
  ) => ({
    ...objective(parameters),
    gradients: Object.fromEntries(Object.keys(parameters).map((name) => [name, scalar(1)])),
  }),
};

const rates = { step: 1, rate: 0.25, discriminatorRate: 0.5, adamw: { ...ADAMW_DEFAULTS, epsilon: 0 } };

const packingFor = (name: string): Packing<Scalar> =>
  packingOf(referenceEngine, [{ name, shape: [] }], { [name]: scalar(0) });

const [ofW, ofD] = [packingFor("w"), packingFor("d")];

const state = (discriminator: boolean): LearningState<Scalar> => ({
  packing: ofW,
  weights: ofW.pack({ w: scalar(1) }),
  first: ofW.pack({ w: scalar(0) }),
  second: ofW.pack({ w: scalar(0) }),
  held: {},
  discriminator: discriminator
    ? {
        packing: ofD,
        weights: ofD.pack({ d: scalar(10) }),
        buffers: { u: scalar(0) },
        first: ofD.pack({ d: scalar(0) }),
        second: ofD.pack({ d: scalar(0) }),
      }
    : null,
});

/** The learned value of one packed parameter. */
const learned = (packing: Packing<Scalar>, packed: Tensors<Scalar> | undefined): number =>
  value(Object.values(packing.unpack(packed ?? {}))[0]);

/** Records the calls in `seen`, in order. Each pass adds 1 to the buffer. */
const prepared = (seen: string[], discriminatorSide: boolean): PreparedStep<Scalar> => {
  const shown = (tensors: DiscriminatorTensors<Scalar> | null): string =>
    tensors === null ? "no discriminator" : `d ${value(tensors.weights.d)}, u ${value(tensors.buffers.u)}`;
  const parts = {};
  return {
    discriminatorSide: discriminatorSide
      ? {
          objectiveAgainst: ({ w }, tensors) => {
            seen.push(`against w ${value(w)}: ${shown(tensors)}`);
            return {
              buffers: { u: scalar(2) },
              objective: ({ d }) => {
                seen.push(`discriminator's objective at d ${value(d)}`);
                return { loss: scalar(7), parts };
              },
            };
          },
          iterate: (tensors) => {
            seen.push(`iterate ${shown(tensors)}`);
            return { u: scalar(value(tensors.buffers.u) + 1) };
          },
        }
      : null,
    objective: (tensors) => (weights) => {
      seen.push(`objective at w ${value(weights.w)}: ${shown(tensors)}`);
      return { loss: scalar(8), parts };
    },
  };
};

describe("a step of Algorithm 1", () => {
  test("updates the discriminator first, and the student's objective sees it updated, after one more pass", () => {
    const seen: string[] = [];
    const taken = takeStep(slope, prepared(seen, true), state(true), rates);
    expect(seen).toEqual([
      "against w 1: d 10, u 0",
      "discriminator's objective at d 10",
      "iterate d 9.5, u 2",
      "objective at w 1: d 9.5, u 3",
    ]);
    expect(learned(ofW, taken.state.weights)).toBe(0.75);
    expect(learned(ofD, taken.state.discriminator?.weights)).toBe(9.5);
    expect(value(taken.state.discriminator?.buffers.u)).toBe(3);
    expect([value(taken.discriminatorTurn?.loss), value(taken.own.loss)]).toEqual([7, 8]);
  });

  test("keeps separate moments for the two networks", () => {
    const { discriminator, first } = takeStep(slope, prepared([], true), state(true), rates).state;
    expect(Object.keys(ofW.unpack(first))).toEqual(["w"]);
    expect(learned(ofD, discriminator?.first)).toBeCloseTo(0.1, 12);
    expect(learned(ofD, discriminator?.second)).toBeCloseTo(0.001, 12);
  });

  test("uses no discriminator if there is none", () => {
    const seen: string[] = [];
    const taken = takeStep(slope, prepared(seen, false), state(false), rates);
    expect(seen).toEqual(["objective at w 1: no discriminator"]);
    expect(taken.discriminatorTurn).toBe(null);
    expect(taken.state.discriminator).toBe(null);
  });

  test("names the runtime that has no gradients", () => {
    const engine = { ...referenceEngine, differentiate: null };
    expect(() => takeStep(engine, prepared([], false), state(false), rates)).toThrow(
      "runtime reference has no gradients",
    );
  });
});
