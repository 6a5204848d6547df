import { type Engine, referenceEngine } from "@tadsr/core";
import { describe, expect, it } from "vitest";
import { heldParameters } from "../src/hold.ts";
import { trainStudent, trainTeacher } from "../src/index.ts";
import { message, right } from "./either.ts";
import { at, engine, losses, weightsFile } from "./runs.ts";
import { tinyAdversarial, tinyTeacher } from "./tiny.ts";

const withoutJoining = <T>({ joining: _joining, ...rest }: Engine<T>): Engine<T> => rest;

interface Line {
  readonly gradientNorm: number;
}

const norms = async (name: string): Promise<readonly number[]> =>
  ((await losses(name)) as readonly Line[]).map(({ gradientNorm }) => gradientNorm);

const rest = async (name: string): Promise<readonly unknown[]> =>
  ((await losses(name)) as readonly Line[]).map(({ gradientNorm: _norm, ...others }) => others);

/** Compares two runs. Only the norm may differ, by the order of its sum. */
const expectSame = async (one: string, other: string, tolerance: number): Promise<void> => {
  expect((await weightsFile(one)).equals(await weightsFile(other))).toBe(true);
  expect(await rest(one)).toEqual(await rest(other));
  const theirs = await norms(other);
  (await norms(one)).forEach((norm, i) => {
    expect(norm).toBeGreaterThan(0);
    expect(Math.abs(norm / (theirs[i] as number) - 1)).toBeLessThan(tolerance);
  });
};

const train = async <T>(on: Engine<T>, name: string, changes = {}): Promise<void> => {
  right(await trainTeacher(on, { ...tinyTeacher(at("photographs"), at(name)), ...changes })());
};

describe("a step over one joined vector", () => {
  it("is the step tensor by tensor, bit for bit, on the cpu", async () => {
    expect(engine.joining).toBeDefined();
    await train(engine, "joined", { weightDecay: 0.1, hold: ["down.0", "input.bias"] });
    await train(withoutJoining(engine), "parted", { weightDecay: 0.1, hold: ["down.0", "input.bias"] });
    await expectSame("joined", "parted", 1e-5);
  });

  it("is the step tensor by tensor on the reference, gradients scaled down too", async () => {
    const few = { steps: 2, batch: 1, clip: 1e3 };
    await train(referenceEngine, "reference-joined", few);
    await train(withoutJoining(referenceEngine), "reference-parted", few);
    await expectSame("reference-joined", "reference-parted", 1e-12);
  });

  it("is the same with a discriminator", async () => {
    const student = (name: string) => tinyAdversarial(at("photographs"), at(name), at("joined", "model"));
    right(await trainStudent(engine, { ...student("adversarial"), steps: 3 })());
    right(await trainStudent(withoutJoining(engine), { ...student("adversarial-parted"), steps: 3 })());
    await expectSame("adversarial", "adversarial-parted", 1e-5);
  });

  it("leaves no tensor behind, joined or not", async () => {
    const before = engine.liveTensors();
    await train(engine, "counted", { hold: ["time"] });
    await train(withoutJoining(engine), "counted-parted", { hold: ["time"] });
    expect(engine.liveTensors()).toBe(before);
  });
});

describe("parameters that are held", () => {
  const names = ["input.weight", "input.bias", "down.0.weight", "output.weight"].map((name) => ({ name }));
  const held = (...hold: readonly string[]) => heldParameters(names, hold);

  it("are those whose names begin with a member of hold", () => {
    expect([...right(held("input", "output.weight"))]).toEqual([
      "input.weight",
      "input.bias",
      "output.weight",
    ]);
    expect(right(held()).size).toBe(0);
  });

  it("are refused if no name matches, or nothing is left to learn", () => {
    expect(message(held("input", "onput"))).toMatch(/^hold is "onput"; allowed: .*input\.weight[^\n]*$/);
    expect(message(held(""))).toMatch(/^hold is ""; allowed/);
    expect(message(held("input", "down", "output"))).toMatch(/nothing is left to learn/);
  });
});
