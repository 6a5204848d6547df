/**
 * The authors' networks on random weights: recorded files, kept gzipped. `manifest.json`
 * tells configurations; the files are those of the reference folder, as far as tests need them.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll } from "vitest";

const STORED = new URL("./fixtures/paper/", import.meta.url);

/** Unpacks the folder for the tests of one file; gives the path of it, once a test runs. */
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
