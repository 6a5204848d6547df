import { existsSync } from "node:fs";
import { readSafetensors, writeSafetensors } from "@tadsr/files";
import { initialWeights, residualUNet } from "@tadsr/model";
import { describe, expect, it } from "vitest";
import { trainStudent, trainTeacher } from "../src/index.ts";
import { message, right } from "./either.ts";
import { at, engine, killAfterStep, losses, teacher, weightsFile } from "./runs.ts";
import { tinyNetwork, tinyStudent, tinyTeacher } from "./tiny.ts";

describe("training", () => {
  it("goes on after a kill -9 to the weights and the losses of an uninterrupted run, bit for bit", async () => {
    await teacher("whole");
    await killAfterStep("killed", 5);
    const first = await losses("killed");
    expect(first.length).toBeGreaterThanOrEqual(4); // the log has at least the steps of the checkpoint
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

  it("goes on to more steps as if it had been begun for that number, at a constant rate", async () => {
    const rate = { peak: 2e-3, warmUp: 2, decay: "constant" };
    await teacher("long", { rate });
    await teacher("raised", { rate, steps: 3 });
    await teacher("raised", { rate, resume: true });
    expect(await losses("raised")).toEqual(await losses("long"));
    expect((await weightsFile("raised")).equals(await weightsFile("long"))).toBe(true);
  });

  it("ends early if fewer steps are asked for, but not before those that are done", async () => {
    const options = { ...tinyTeacher(at("photographs"), at("raised")), resume: true };
    const rate = { peak: 2e-3, warmUp: 2, decay: "constant" } as const;
    const fewer = await trainTeacher(engine, { ...options, rate, steps: 5 })();
    expect(message(fewer)).toMatch(/steps is 5, and .*raised has done 6; allowed: a whole number from 6$/);
    expect(right(await trainTeacher(engine, { ...options, rate, steps: 6 })())).toMatchObject({ step: 6 });
  });

  it("writes checkpoints by the clock, and by the number of steps if asked", async () => {
    const written = async (name: string, changes: object): Promise<readonly boolean[]> => {
      const seen: boolean[] = [];
      const onProgress = (): void => void seen.push(existsSync(at(name, "checkpoint.safetensors")));
      await teacher(name, { steps: 3, ...changes }, { onProgress });
      return seen;
    };
    expect(await written("by-clock", { checkpointEvery: null, checkpointMinutes: 1e-9 })).toEqual([
      true,
      true,
      true,
    ]);
    expect(await written("late", { checkpointEvery: null, checkpointMinutes: 60 })).toEqual([
      false,
      false,
      true,
    ]);
    expect(await written("by-steps", { checkpointEvery: 2, checkpointMinutes: 60 })).toEqual([
      false,
      true,
      true,
    ]);
  });

  it("keeps held parameters at their first value, and trains the rest", async () => {
    await teacher("held", { hold: ["output.bias", "down.0"] });
    const learned = right(await readSafetensors(at("held", "model", "model.safetensors"))()).tensors;
    const initial = initialWeights(residualUNet(tinyNetwork).parameters, { seed: 9 });
    const kept = Object.keys(initial).filter((name) => {
      const [now, then] = [learned[name]?.data ?? [], initial[name]?.data ?? []];
      return now.every((value, i) => value === then[i]);
    });
    expect(kept.filter((name) => name === "output.bias" || name.startsWith("down.0")).length).toBe(
      kept.length,
    );
    expect(kept.length).toBe(1 + Object.keys(initial).filter((name) => name.startsWith("down.0")).length);
  });

  it("scales a long gradient down to the norm that it is given", async () => {
    await teacher("free", { steps: 1 });
    await teacher("clipped", { steps: 1, clip: 1e-9 });
    await teacher("not-clipped", { steps: 1, clip: 1e9 });
    const norm = async (name: string) => (await losses(name))[0] as { readonly gradientNorm: number };
    expect((await norm("clipped")).gradientNorm).toBe((await norm("free")).gradientNorm);
    expect((await weightsFile("not-clipped")).equals(await weightsFile("free"))).toBe(true);
    // If the gradient is no larger than AdamW's epsilon, the step is shorter than the rate.
    expect((await weightsFile("clipped")).equals(await weightsFile("free"))).toBe(false);
  });

  it("gives other weights for another seed", async () => {
    await teacher("other", { seed: 10 });
    expect((await weightsFile("other")).equals(await weightsFile("whole"))).toBe(false);
  });

  it("does not start over in a folder that holds a training", async () => {
    const again = await trainTeacher(engine, tinyTeacher(at("photographs"), at("whole")))();
    expect(message(again)).toMatch(/holds a training: continue it with --resume/);
  });

  it("resumes a training of an older version, whose checkpoint has fewer options", async () => {
    await teacher("older", { steps: 3 });
    const file = at("older", "checkpoint.safetensors");
    const { metadata, tensors } = right(await readSafetensors(file)());
    const { clip: _clip, hold: _hold, ...options } = JSON.parse(metadata.identity ?? "{}");
    const identity = JSON.stringify({ ...options, steps: 3 });
    right(await writeSafetensors(file, tensors, { dtype: "F32", metadata: { ...metadata, identity } })());
    await teacher("older", { resume: true });
    expect((await losses("older")).length).toBe(6);
  });

  it("says which tensor of a damaged checkpoint does not fit", async () => {
    await teacher("damaged", { steps: 2 });
    const file = at("damaged", "checkpoint.safetensors");
    const { metadata, tensors } = right(await readSafetensors(file)());
    const { "first/output.bias": _gone, ...others } = tensors;
    right(await writeSafetensors(file, others, { dtype: "F32", metadata })());
    const options = { ...tinyTeacher(at("photographs"), at("damaged")), resume: true };
    expect(message(await trainTeacher(engine, options)())).toMatch(
      /damaged.checkpoint\.safetensors: .*output\.bias/,
    );
  });

  it("does not resume with other options", async () => {
    const options = { ...tinyTeacher(at("photographs"), at("whole")), batch: 3, resume: true };
    expect(message(await trainTeacher(engine, options)())).toMatch(
      /was made with other options: batch was 2 and is 3; resume with those/,
    );
    const rate = { ...options.rate, peak: 0.5 };
    const changed = { ...options, batch: 2, rate, hold: ["time"], clip: 1 };
    const said = message(await trainTeacher(engine, changed)());
    for (const difference of [
      "rate.peak was 0.002 and is 0.5",
      "clip was 0 and is 1",
      'hold was [] and is ["time"]',
    ])
      expect(said).toContain(difference);
    expect(said).not.toContain("batch");
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

  it("distils as the authors' code does if asked, which gives other weights", async () => {
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
    [
      "file without a weight",
      { perceptualWeights: "features" },
      /perceptualWeights is given, but perceptual is 0/,
    ],
    ["hold", { hold: ["onput"] }, /hold is "onput"; allowed/],
    ["clip", { clip: -1 }, /clip is -1; allowed: a number from 0/],
    ["checkpointMinutes", { checkpointMinutes: 0 }, /checkpointMinutes is 0; allowed: a number above 0/],
    ["checkpointEvery", { checkpointEvery: 0.5 }, /checkpointEvery is 0.5; allowed: a whole number from 1/],
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
