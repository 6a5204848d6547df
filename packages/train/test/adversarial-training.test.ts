import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { type TrainingOutcome, trainStudent } from "../src/index.ts";
import { message, right } from "./either.ts";
import { at, engine, killAfterStep, losses, partsOf, teacher } from "./runs.ts";
import { tinyAdversarial } from "./tiny.ts";

const NO_WEIGHTS = {
  distillation: 0,
  score: 0,
  adversarial: 0,
  perceptual: 0,
  fidelity: 0,
  grid: 0,
  target: 0,
};

/** A student of the teacher "whole", with a discriminator. */
const adversarial = async (name: string, changes = {}): Promise<TrainingOutcome> => {
  const options = tinyAdversarial(at("photographs"), at(name), at("whole", "model"));
  return right(await trainStudent(engine, { ...options, ...changes })());
};

beforeAll(async () => {
  await teacher("whole");
});

describe("training a student with a discriminator", () => {
  it("trains a discriminator with the student, and keeps no tensor of it", async () => {
    const before = engine.liveTensors();
    const outcome = await adversarial("adversarial");
    expect(outcome).toMatchObject({ step: 6, finished: true });
    expect(engine.liveTensors()).toBe(before);
    const log = await partsOf("adversarial");
    expect(Object.keys(log[0] ?? {}).sort()).toEqual([
      ...["adversarial", "discriminator", "distillation", "fidelity", "score"],
    ]);
    expect(log[0]?.discriminator).toBeGreaterThan(0);
    // Its feature layers start at zero, so at first its logits are nearly the same for both: only a power iteration
    // lies between the two passes.
    expect(log[0]?.discriminator).toBeCloseTo(2, 2);
    expect(log[5]?.discriminator).not.toBe(log[0]?.discriminator);
  });

  it("goes on after a kill -9, bit for bit, with its discriminator", async () => {
    await killAfterStep("adversarial-killed", 5, "--teacher", at("whole", "model"));
    // The fifth step's line is there too if the process wrote it before the kill.
    expect([4, 5]).toContain((await losses("adversarial-killed")).length);
    await adversarial("adversarial-killed", { resume: true });
    expect(await losses("adversarial-killed")).toEqual(await losses("adversarial"));
    for (const file of ["model/model.safetensors", "checkpoint.safetensors"]) {
      const [killed, whole] = await Promise.all(
        ["adversarial-killed", "adversarial"].map((name) => readFile(at(name, file))),
      );
      // The checkpoints' headers list the same options: those that decide the result are the same.
      expect(killed?.equals(whole ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it("trains the student with the discriminator after its update", async () => {
    await adversarial("still", { steps: 1, discriminatorRate: 0 });
    await adversarial("moved", { steps: 1 });
    const [[still], [moved]] = [await partsOf("still"), await partsOf("moved")];
    expect(moved?.discriminator).toBe(still?.discriminator); // the loss before its update
    expect(moved?.distillation).toBe(still?.distillation);
    expect(moved?.adversarial).not.toBe(still?.adversarial);
  });

  it("trains with the plain GAN of the ablation and by the authors' code, if asked", async () => {
    await adversarial("plain", { steps: 2, discriminator: "plain" });
    const [plain] = await partsOf("plain");
    expect(plain?.discriminator).toBeCloseTo(2 * Math.LN2, 1); // the cross entropy if it cannot tell them apart
    await adversarial("by-code-adversarial", { steps: 2, reading: "code" });
    expect((await partsOf("by-code-adversarial"))[1]?.adversarial).not.toBe(
      (await partsOf("adversarial"))[1]?.adversarial,
    );
  });

  it.each([
    ["crop", { crop: 16 }, /crop is 16; allowed with a discriminator: at least 24 pixels/],
    ["rate", { discriminatorRate: -1 }, /discriminatorRate is -1; allowed: a number from 0 to 1/],
    ["weight", { weights: { ...NO_WEIGHTS, adversarial: -1 } }, /adversarial is -1; allowed/],
    ["set of weights", { weights: NO_WEIGHTS }, /every weight is 0; give at least one of .*adversarial/],
  ])("refuses a wrong %s of an adversarial training in one line", async (_, changes, expected) => {
    const options = {
      ...tinyAdversarial(at("photographs"), at("refused"), at("whole", "model")),
      ...changes,
    };
    const refused = message(await trainStudent(engine, options)());
    expect(refused).toMatch(expected);
    expect(refused).not.toContain("\n");
  });
});
