/** A training that is killed, or whose disk is full, loses only the work since its last checkpoint. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { uniform } from "@tadsr/core";
import { readSafetensors } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { trainTeacher } from "../src/index.ts";
import { BUNDLED_RUN } from "./bundled-run.ts";
import { message, right } from "./either.ts";
import { at, engine, killAfterStep, losses, teacher, weightsFile } from "./runs.ts";
import { tinyPlan, tinyTeacher, writePhotographs } from "./tiny.ts";

const CHECKPOINT_EVERY = tinyTeacher("", "").checkpointEvery ?? 1;

/** The step of the checkpoint in a run's folder, or 0 if there is none. The checkpoint must be complete. */
const savedStep = async (name: string): Promise<number> => {
  const file = at(name, "checkpoint.safetensors");
  const found = await readFile(file).then(
    () => true,
    () => false,
  );
  return found ? Number(right(await readSafetensors(file)()).metadata.step) : 0;
};

const start = (name: string, more: readonly string[]): ChildProcess =>
  spawn(process.execPath, [BUNDLED_RUN, at("photographs"), at(name), "--resume", ...more]);

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** When to kill: this many steps after the first one that the process reports, and then after this time. */
interface Moment {
  readonly steps: number;
  readonly milliseconds: number;
}

/** Moments to kill: some while the process starts, most during its steps and between them. */
const moments = (seed: number, count: number): readonly Moment[] => {
  const u = uniform({ seed, stream: 0 }, 0, 2 * count);
  return Array.from({ length: count }, (_, n) => ({
    steps: Math.floor((u[2 * n] as number) * 5),
    milliseconds: Math.floor((u[2 * n + 1] as number) * 120),
  }));
};

/** Runs a training once until it is killed, and returns the steps that it reported as done. */
const live = async (name: string, { steps, milliseconds }: Moment, more: readonly string[]) => {
  const child = start(name, more);
  let printed = "";
  let killed = false;
  const done = (): readonly number[] =>
    [...printed.matchAll(/step (\d+)\n/g)].map(([, step]) => Number(step));
  child.stdout?.on("data", (chunk) => {
    printed += chunk;
    if (killed || done().length < Math.max(1, steps)) return;
    killed = true;
    void wait(milliseconds).then(() => child.kill("SIGKILL"));
  });
  if (steps === 0) void wait(4 * milliseconds).then(() => child.kill("SIGKILL"));
  await new Promise((resolve) => child.on("close", resolve));
  return done();
};

/** Kills a training again and again. After each kill its checkpoint must be complete, and no older than allowed. */
const killAgainAndAgain = async (
  name: string,
  seed: number,
  count: number,
  more: readonly string[],
): Promise<number> => {
  let kills = 0;
  for (const moment of moments(seed, count)) {
    const before = await savedStep(name);
    const done = await live(name, moment, more);
    const after = await savedStep(name);
    if (done.length > 0) expect(done[0]).toBe(before + 1);
    const last = done.at(-1) ?? before;
    expect(after).toBeGreaterThanOrEqual(last - (last % CHECKPOINT_EVERY));
    kills++;
  }
  return kills;
};

describe("a training that is killed again and again", () => {
  it("ends, after 20 kills at random moments, with the log and the weights of an uninterrupted one, bit for bit", async () => {
    const steps = 60;
    await writePhotographs(at("aside"), [11, 12, 13]);
    const validation = tinyPlan(at("aside"));
    const watched = ["--steps", String(steps), "--validation", at("aside")];
    const [plainKills, watchedKills] = await Promise.all([
      killAgainAndAgain("killed", 1, 10, ["--steps", String(steps)]),
      killAgainAndAgain("killed-watched", 2, 10, watched),
    ]);
    expect([plainKills, watchedKills]).toEqual([10, 10]);
    for (const [name, changes] of [
      ["killed", {}],
      ["killed-watched", { validation }],
    ] as const) {
      await teacher(name, { steps, ...changes, resume: true });
      await teacher(`${name}-not`, { steps, ...changes });
      expect(await losses(name)).toEqual(await losses(`${name}-not`));
      expect((await weightsFile(name)).equals(await weightsFile(`${name}-not`))).toBe(true);
      expect((await readdir(at(name))).sort()).toEqual((await readdir(at(`${name}-not`))).sort());
    }
    const validations = (name: string) => readFile(at(name, "validation.jsonl"), "utf8");
    expect(await validations("killed-watched")).toBe(await validations("killed-watched-not"));
    // Twenty processes start. That takes ten seconds on two idle cores, and much longer on busy ones.
  }, 900_000);
});

/** Resumes a training that may write no file larger than this many KiB. Returns its exit status and last words. */
const liveWithin = (name: string, kibibytes: number): Promise<readonly [number | null, string]> =>
  new Promise((resolve) => {
    // Without the trap, the signal XFSZ would end the process instead of making its write fail.
    const command = `trap '' XFSZ; ulimit -f ${kibibytes}; exec "$0" "$@"`;
    const words = [BUNDLED_RUN, at("photographs"), at(name), "--resume"];
    const child = spawn("bash", ["-c", command, process.execPath, ...words]);
    let error = "";
    child.stderr.on("data", (chunk) => {
      error += chunk;
    });
    child.on("close", (code) => resolve([code, error]));
  });

describe("a training whose disk is full", () => {
  it("keeps the last good checkpoint, says so in one line, and goes on from there when there is space", async () => {
    await killAfterStep("full", 5);
    const checkpoint = await readFile(at("full", "checkpoint.safetensors"));
    const [code, words] = await liveWithin("full", Math.floor(checkpoint.length / 2048));
    expect(code).toBe(1);
    expect(words).toMatch(
      /^[^\n]*checkpoint\.safetensors: it cannot be written: a limit on the size of files is reached; the checkpoint of step 4 is whole, from which --resume goes on\n$/,
    );
    expect((await readFile(at("full", "checkpoint.safetensors"))).equals(checkpoint)).toBe(true);
    expect((await readdir(at("full"))).sort()).toEqual(["checkpoint.safetensors", "log.jsonl"]);
    await teacher("full", { resume: true });
    await teacher("never-full");
    expect(await losses("full")).toEqual(await losses("never-full"));
    expect((await weightsFile("full")).equals(await weightsFile("never-full"))).toBe(true);
  });

  it("says that there is no checkpoint yet if the log cannot be written either", async () => {
    await mkdir(at("blocked", "log.jsonl"), { recursive: true });
    const blocked = await trainTeacher(engine, tinyTeacher(at("photographs"), at("blocked")))();
    expect(message(blocked)).toMatch(
      /^[^\n]*log\.jsonl: it cannot be written: it is a folder; there is no checkpoint yet$/,
    );
  });

  it("is finished if only the model is missing, and resuming writes that", async () => {
    await mkdir(at("no-model"));
    await writeFile(at("no-model", "model"), "in the way");
    const blocked = await trainTeacher(engine, tinyTeacher(at("photographs"), at("no-model")))();
    expect(E.isLeft(blocked)).toBe(true);
    expect(message(blocked)).toMatch(
      /; the training is finished and its checkpoint is complete; --resume writes the model$/,
    );
    await rm(at("no-model", "model"));
    await teacher("no-model", { resume: true });
    expect((await weightsFile("no-model")).equals(await weightsFile("never-full"))).toBe(true);
  });
});
