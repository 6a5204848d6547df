/** Runs in a temporary folder, and the files that they leave there. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cpu } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll } from "vitest";
import { type TrainingOutcome, trainTeacher, type Watcher } from "../src/index.ts";
import { right } from "./either.ts";
import { tinyTeacher, writePhotographs } from "./tiny.ts";

const opened = await cpu.open();
if (E.isLeft(opened)) throw new Error(opened.left.missing);
export const engine = opened.right;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tadsr-train-"));
  await writePhotographs(at("photographs"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A path in the folder, which contains `photographs`. */
export const at = (...parts: readonly string[]): string => join(folder, ...parts);

export const teacher = async (name: string, changes = {}, watcher: Watcher = {}): Promise<TrainingOutcome> =>
  right(await trainTeacher(engine, { ...tinyTeacher(at("photographs"), at(name)), ...changes }, watcher)());

export const weightsFile = (name: string): Promise<Buffer> =>
  readFile(at(name, "model", "model.safetensors"));

/** The lines of a run's log. */
export const losses = async (name: string): Promise<readonly unknown[]> =>
  (await readFile(at(name, "log.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

export const partsOf = async (name: string): Promise<readonly Readonly<Record<string, number>>[]> =>
  (await losses(name)).map((line) => (line as { readonly parts: Record<string, number> }).parts);

/** Runs a tiny training (killed-run.ts) in another process, and kills it as soon as it has done a step. */
export const killAfterStep = (name: string, step: number, ...more: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL("./killed-run.ts", import.meta.url));
    const words = ["--import", "tsx", script, at("photographs"), at(name), ...more];
    const child = spawn(process.execPath, words);
    let printed = "";
    child.stdout.on("data", (chunk) => {
      printed += chunk;
      if (printed.includes(`step ${step}\n`)) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("exit", (_code, signal) =>
      signal === "SIGKILL" ? resolve() : reject(new Error(`it ended by itself:\n${printed}`)),
    );
  });
