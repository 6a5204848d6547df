/** A cache of models in a folder of its own, with what it tells, and entries to put there. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { MODEL_FILE, type ModelCache, modelCache } from "../src/onnx/model-cache.ts";

export interface TestedCache {
  readonly cache: ModelCache;
  readonly folder: string;
  readonly told: readonly string[];
}

/** A path for a folder that is removed when the test is over. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "tadsr-cache-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** A cache as a process that starts finds it. */
export const cacheIn = (folder: string): TestedCache => {
  const told: string[] = [];
  return { cache: modelCache(folder, (line) => told.push(line)), folder, told };
};

export const WEIGHTS_FILE = "weights.bin";

/** Makes an entry of two files. */
export const writeEntry =
  (model = "the model", weights = "its weights") =>
  async (folder: string): Promise<boolean> => {
    await writeFile(join(folder, MODEL_FILE), model);
    await writeFile(join(folder, WEIGHTS_FILE), weights);
    return true;
  };

/** What lies in the cache's folder, drafts and all. */
export const namesIn = async (folder: string): Promise<readonly string[]> => (await readdir(folder)).sort();
