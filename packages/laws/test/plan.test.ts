/** What a suite consists of: skips, their replacements, and runtimes that cannot be opened. */
import {
  type Engine,
  type ReferenceTensor,
  type Runtime,
  referenceEngine,
  runtimeUnavailable,
} from "@tadsr/core";
import { checkLaws, describeLaws, laws, planLaws } from "@tadsr/laws";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { dualEngine } from "./dual-engine.ts";

const runtimeOf = <T>(engine: Engine<T>): Runtime<T> => ({
  name: engine.name,
  epsilon: engine.epsilon,
  open: TE.right(engine),
});

const missing: Runtime<ReferenceTensor> = {
  name: "absent",
  epsilon: 1e-6,
  open: TE.left(runtimeUnavailable("absent", "libabsent", "install it: pnpm setup:absent")),
};

const withoutGradients: Engine<ReferenceTensor> = { ...referenceEngine, differentiate: null };

const softplus = "softplus does not overflow";
const overflowing: Engine<ReferenceTensor> = {
  ...referenceEngine,
  algebra: {
    ...referenceEngine.algebra,
    softplus: ({ shape, data }) => ({ shape, data: data.map((x) => Math.log(1 + Math.exp(x))) }),
  },
};

describe("planLaws", () => {
  it("has one test for each law that applies, in order", async () => {
    const { tests } = await planLaws(runtimeOf(withoutGradients), { noSkips: true });
    expect(tests.map(({ title }) => title)).toEqual(
      laws.filter(({ needs }) => needs !== "gradients").map(({ name }) => name),
    );
  });

  it("leaves out the laws of joining if the engine has none", async () => {
    const { joining: _joining, ...plain } = referenceEngine;
    const { tests } = await planLaws(runtimeOf(plain), { noSkips: true });
    expect(tests.map(({ title }) => title)).toEqual(
      laws.filter(({ needs }) => needs !== "joining").map(({ name }) => name),
    );
    const [first] = laws.filter(({ needs }) => needs === "joining");
    const results = await checkLaws(plain, { laws: first === undefined ? [] : [first] });
    expect(results.map(({ outcome, explanation }) => [outcome, explanation])).toEqual([
      ["does not apply", "the engine joins no tensors: joining is absent"],
    ]);
  });

  it("adds the gradient laws if the engine has gradients", async () => {
    const { tests } = await planLaws(runtimeOf(dualEngine()), { noSkips: true });
    expect(tests.map(({ title }) => title)).toEqual(
      laws.filter(({ needs }) => needs !== "joining").map(({ name }) => name),
    );
  });

  it("says what is missing and what repairs it, in a skipped test", async () => {
    const { tests } = await planLaws(missing, { noSkips: false });
    expect(tests).toEqual([{ title: "skipped: libabsent, install it: pnpm setup:absent", run: null }]);
  });

  it("fails if something is missing and nothing may be skipped", async () => {
    const { tests } = await planLaws(missing, { noSkips: true });
    expect(tests).toHaveLength(1);
    await expect(tests[0]?.run?.()).rejects.toThrow("absent cannot be opened");
  });

  it("runs what happens instead in a skipped law's place", async () => {
    const instead = async (engine: Engine<ReferenceTensor>): Promise<void> => {
      const tensor = engine.upload("scalar", { shape: [], data: Float64Array.of(1e4) });
      const { data } = await engine.download("scalar", engine.algebra.softplus(tensor));
      expect(data[0]).toBe(Number.POSITIVE_INFINITY);
    };
    const skip = [{ law: softplus, reason: "it is computed as written", instead }];
    const broken = await planLaws(runtimeOf(overflowing), { noSkips: true, skip });
    const title = `${softplus} (not here: it is computed as written; what happens instead)`;
    const test = broken.tests.find((planned) => planned.title === title);
    await expect(test?.run?.()).resolves.toBeUndefined();
    expect(broken.tests.some((planned) => planned.title === softplus)).toBe(false);

    const sound = await planLaws(runtimeOf(referenceEngine), { noSkips: true, skip });
    const stale = sound.tests.find((planned) => planned.title === title);
    await expect(stale?.run?.()).rejects.toThrow();
  });

  it("rejects with the explanation if a law fails", async () => {
    const { tests } = await planLaws(runtimeOf(overflowing), { noSkips: true });
    const test = tests.find(({ title }) => title === softplus);
    await expect(test?.run?.()).rejects.toThrow(/softplus does not overflow fails on reference: .*Infinity/);
  });
});

describe("describeLaws", () => {
  const instead = (): void => undefined;

  it("throws on a skip that names no law", () => {
    const skip = [{ law: "softplus is nice", reason: "none", instead }];
    expect(() => describeLaws(runtimeOf(referenceEngine), { skip })).toThrow(
      'describeLaws: "softplus is nice" is not the name of a law',
    );
  });

  it("throws on a law that is skipped twice", () => {
    const entry = { law: softplus, reason: "none", instead };
    expect(() => describeLaws(runtimeOf(referenceEngine), { skip: [entry, entry] })).toThrow("twice");
  });
});

describe("checkLaws", () => {
  it("reports every law, and which do not apply", async () => {
    const results = await checkLaws(withoutGradients, { runs: 1 });
    expect(results.map(({ law }) => law)).toEqual(laws.map(({ name }) => name));
    const outcomes = results.map(({ outcome }) => outcome);
    const gradients = laws.filter(({ needs }) => needs === "gradients").length;
    expect(outcomes.filter((outcome) => outcome === "does not apply")).toHaveLength(gradients);
    expect(outcomes.filter((outcome) => outcome === "holds")).toHaveLength(laws.length - gradients);
  });

  it("gives the same explanation for the same seed", async () => {
    const only = laws.filter(({ name }) => name === "agrees with the reference: softplus");
    const broken = { ...overflowing, epsilon: 0 };
    const [first, second] = [
      await checkLaws(broken, { laws: only, seed: 7 }),
      await checkLaws(broken, { laws: only, seed: 7 }),
    ];
    expect(first).toEqual(second);
    expect(first[0]).toMatchObject({ outcome: "fails" });
    expect(first[0]?.explanation).toContain("seed 7");
  });
});
