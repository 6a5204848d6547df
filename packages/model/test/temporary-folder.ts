import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A path inside a new folder that is removed when the file's tests are over. */
export const temporaryFolder = async (): Promise<(name: string) => string> => {
  const folder = await mkdtemp(join(tmpdir(), "tadsr-model-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
};
