/**
 * The authors' networks with random weights: recorded files, stored gzipped. `manifest.json` has the configurations.
 * The files are those of the reference folder that tests need.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll } from "vitest";

const STORED = new URL("./fixtures/paper/", import.meta.url);

/** Unpacks the folder for the tests of one file; gives its path once a test runs. */
export const paperFixtures = (): (() => string) => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tadsr-paper-"));
    for (const name of readdirSync(STORED)) {
      const bytes = readFileSync(new URL(name, STORED));
      if (name.endsWith(".gz")) writeFileSync(join(folder, name.slice(0, -3)), gunzipSync(bytes));
      else writeFileSync(join(folder, name), bytes);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
};
