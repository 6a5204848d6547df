import { type Objective, type ReferenceTensor, referenceEngine, type Tensors } from "@tadsr/core";
import { describe, expect, test } from "vitest";
import { ADAMW_DEFAULTS } from "../src/adamw.ts";
import { type Packing, packingOf } from "../src/packing.ts";
import { type LearningState, takeStep } from "../src/step.ts";
import type { Judge, PreparedStep } from "../src/task.ts";

type Scalar = ReferenceTensor;

const scalar = (value: number): Scalar =>
  referenceEngine.upload("scalar", { shape: [], data: Float64Array.of(value) });

const value = (tensor: Scalar | undefined): number => tensor?.data[0] ?? Number.NaN;

/** An engine whose gradients are all 1: AdamW's first step then takes the rate from every weight. */
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

const rates = { step: 1, rate: 0.25, adversaryRate: 0.5, adamw: { ...ADAMW_DEFAULTS, epsilon: 0 } };

const packingFor = (name: string): Packing<Scalar> =>
  packingOf(referenceEngine, [{ name, shape: [] }], { [name]: scalar(0) });

const [ofW, ofD] = [packingFor("w"), packingFor("d")];

const state = (adversary: boolean): LearningState<Scalar> => ({
  packing: ofW,
  weights: ofW.pack({ w: scalar(1) }),
  first: ofW.pack({ w: scalar(0) }),
  second: ofW.pack({ w: scalar(0) }),
  held: {},
  adversary: adversary
    ? {
        packing: ofD,
        weights: ofD.pack({ d: scalar(10) }),
        buffers: { u: scalar(0) },
        first: ofD.pack({ d: scalar(0) }),
        second: ofD.pack({ d: scalar(0) }),
      }
    : null,
});

/** What is learned of one packed parameter. */
const learned = (packing: Packing<Scalar>, packed: Tensors<Scalar> | undefined): number =>
  value(Object.values(packing.unpack(packed ?? {}))[0]);

/** Notes in `seen` who is asked what, in order; a pass adds 1 to the buffer. */
const prepared = (seen: string[], duel: boolean): PreparedStep<Scalar> => {
  const shown = (judge: Judge<Scalar> | null): string =>
    judge === null ? "no judge" : `d ${value(judge.weights.d)}, u ${value(judge.buffers.u)}`;
  const parts = {};
  return {
    duel: duel
      ? {
          challenge: ({ w }, judge) => {
            seen.push(`challenge by w ${value(w)}: ${shown(judge)}`);
            return {
              buffers: { u: scalar(2) },
              objective: ({ d }) => {
                seen.push(`judge's objective at d ${value(d)}`);
                return { loss: scalar(7), parts };
              },
            };
          },
          follow: (judge) => {
            seen.push(`follow ${shown(judge)}`);
            return { u: scalar(value(judge.buffers.u) + 1) };
          },
        }
      : null,
    objective: (judge) => (weights) => {
      seen.push(`objective at w ${value(weights.w)}: ${shown(judge)}`);
      return { loss: scalar(8), parts };
    },
  };
};

describe("a step of Algorithm 1", () => {
  test("updates the discriminator first, and the student's objective sees it updated, after one more pass", () => {
    const seen: string[] = [];
    const taken = takeStep(slope, prepared(seen, true), state(true), rates);
    expect(seen).toEqual([
      "challenge by w 1: d 10, u 0",
      "judge's objective at d 10",
      "follow d 9.5, u 2",
      "objective at w 1: d 9.5, u 3",
    ]);
    expect(learned(ofW, taken.state.weights)).toBe(0.75);
    expect(learned(ofD, taken.state.adversary?.weights)).toBe(9.5);
    expect(value(taken.state.adversary?.buffers.u)).toBe(3);
    expect([value(taken.judged?.loss), value(taken.own.loss)]).toEqual([7, 8]);
  });

  test("keeps the two networks' moments apart", () => {
    const { adversary, first } = takeStep(slope, prepared([], true), state(true), rates).state;
    expect(Object.keys(ofW.unpack(first))).toEqual(["w"]);
    expect(learned(ofD, adversary?.first)).toBeCloseTo(0.1, 12);
    expect(learned(ofD, adversary?.second)).toBeCloseTo(0.001, 12);
  });

  test("without a discriminator asks nobody to judge", () => {
    const seen: string[] = [];
    const taken = takeStep(slope, prepared(seen, false), state(false), rates);
    expect(seen).toEqual(["objective at w 1: no judge"]);
    expect(taken.judged).toBe(null);
    expect(taken.state.adversary).toBe(null);
  });

  test("names the runtime that has no gradients", () => {
    const engine = { ...referenceEngine, differentiate: null };
    expect(() => takeStep(engine, prepared([], false), state(false), rates)).toThrow(
      "runtime reference has no gradients",
    );
  });
});
