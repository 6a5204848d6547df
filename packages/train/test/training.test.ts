import { describe, expect, it } from "vitest";
import { trainStudent, trainTeacher } from "../src/index.ts";
import { at, engine, killAfterStep, losses, message, right, teacher, weightsFile } from "./runs.ts";
import { tinyStudent, tinyTeacher } from "./tiny.ts";

describe("training", () => {
  it("goes on after a kill -9 to the weights and the losses of an uninterrupted run, bit for bit", async () => {
    await teacher("whole");
    await killAfterStep("killed", 5);
    const first = await losses("killed");
    expect(first.length).toBe(4); // the log goes as far as the checkpoint does
    const resumed = await teacher("killed", { resume: true });
    expect(resumed).toMatchObject({ step: 6, finished: true });
    expect(await losses("killed")).toEqual(await losses("whole"));
    expect((await weightsFile("killed")).equals(await weightsFile("whole"))).toBe(true);
  });

  it("stops at a signal with a checkpoint, and resumes from there", async () => {
    const stop = new AbortController();
    const stopped = await teacher(
      "stopped",
      {},
      { signal: stop.signal, onProgress: ({ step }) => (step === 3 ? stop.abort() : undefined) },
    );
    expect(stopped).toMatchObject({ step: 3, finished: false, model: null });
    await teacher("stopped", { resume: true });
    expect((await weightsFile("stopped")).equals(await weightsFile("whole"))).toBe(true);
  });

  it("gives other weights for another seed", async () => {
    await teacher("other", { seed: 10 });
    expect((await weightsFile("other")).equals(await weightsFile("whole"))).toBe(false);
  });

  it("does not start over in a folder that holds a training", async () => {
    const again = await trainTeacher(engine, tinyTeacher(at("photographs"), at("whole")))();
    expect(message(again)).toMatch(/holds a training: continue it with --resume/);
  });

  it("does not resume with other options", async () => {
    const options = { ...tinyTeacher(at("photographs"), at("whole")), batch: 3, resume: true };
    expect(message(await trainTeacher(engine, options)())).toMatch(
      /was made with other options: batch was 2 and is 3; resume with those/,
    );
  });

  it("distils a student from the teacher, and its distillation loss falls", async () => {
    const options = { ...tinyStudent(at("photographs"), at("student"), at("whole", "model")), steps: 30 };
    const outcome = right(await trainStudent(engine, options)());
    expect(outcome).toMatchObject({ step: 30, finished: true });
    const log = (await losses("student")) as { readonly parts: Record<string, number> }[];
    expect(Object.keys(log[0]?.parts ?? {}).sort()).toEqual(["distillation", "fidelity", "score"]);
    const mean = (part: typeof log) =>
      part.reduce((sum, { parts }) => sum + (parts.distillation ?? 0), 0) / part.length;
    expect(mean(log.slice(-8))).toBeLessThan(mean(log.slice(0, 8)));
  });

  it("distils by the authors' reading where asked, which is another training", async () => {
    const student = (name: string) => tinyStudent(at("photographs"), at(name), at("whole", "model"));
    right(await trainStudent(engine, { ...student("by-paper"), reading: "paper" })());
    right(await trainStudent(engine, { ...student("by-code"), reading: "code" })());
    const first = async (name: string) => (await losses(name))[0] as { parts: Record<string, number> };
    const [paper, code] = [(await first("by-paper")).parts, (await first("by-code")).parts];
    expect(code.distillation).toBe(paper.distillation);
    expect(code.score).not.toBe(paper.score);
    expect((await weightsFile("by-code")).equals(await weightsFile("by-paper"))).toBe(false);
  });

  it("keeps no tensor: as many are alive after 50 steps as before", async () => {
    const before = engine.liveTensors();
    await teacher("fifty", { steps: 50, checkpointEvery: 25 });
    expect(engine.liveTensors()).toBe(before);
  });

  it.each([
    ["steps", { steps: 0 }, /steps is 0; allowed: a whole number from 1/],
    ["crop", { crop: 30 }, /crop is 30; allowed: a multiple of 8 pixels/],
    ["perceptual", { perceptual: 1 }, /needs perceptualWeights/],
    ["data", { data: "/nowhere/at/all" }, /nowhere/],
    [
      "schedule",
      { schedule: { steps: 4, kappa: -1, minNoiseLevel: 0.2, etasEnd: 0.99, power: 0.3 } },
      /kappa/,
    ],
  ])("refuses a wrong %s with a line that says so", async (_, changes, expected) => {
    const options = { ...tinyTeacher(at("photographs"), at("refused")), ...changes };
    expect(message(await trainTeacher(engine, options)())).toMatch(expected);
  });
});
