/** A cache of models in its own folder, with its messages, and entries to put into it. */
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

/** A path for a folder that is removed after the test. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "tadsr-cache-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** A cache as a new process finds it. */
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

/** The names in the cache's folder, including drafts. */
export const namesIn = async (folder: string): Promise<readonly string[]> => (await readdir(folder)).sort();
