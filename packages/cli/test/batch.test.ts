/** A batch of pictures through a model whose work the test controls, on its own files. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runtimeFailure } from "../src/failure.ts";
import { runBatch, utilisationLine } from "../src/upscale/batch.ts";
import type { OpenModel } from "../src/upscale/opened-model.ts";
import type { UpscaleOptions } from "../src/upscale/options.ts";
import { type Job, readersOfOutputs } from "../src/upscale/outputs.ts";
import { traceOn } from "../src/upscale/trace.ts";
import { type MemoryShellOptions, memoryShell, temporaryFolder } from "./memory-shell.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const at = (name: string): string => join(folder.path, name);

/** A picture 2 x 2 of one grey, by which the model knows it. */
const savePng = (name: string, grey: number) =>
  sharp({ create: { width: 2, height: 2, channels: 3, background: { r: grey, g: grey, b: grey } } })
    .png()
    .toFile(at(name));

const jobOf = (input: string, output: string): Job => ({
  input: input === "-" ? "-" : at(input),
  output: output === "-" ? "-" : at(output),
  format: "png",
});

const greyOf = async (name: string): Promise<number | undefined> =>
  (await sharp(at(name)).raw().toBuffer())[0];

/** Waits until it holds; if it never does, the test's own limit ends the wait. */
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
};

/** Makes pictures twice as large and 1 brighter, in two tiles, when `finish` is called. */
const fakeModel = () => {
  const computing: number[] = [];
  const finishing = new Map<number, (succeeds: boolean) => void>();
  const model: OpenModel = {
    ...{ name: "fake", parameters: 7, runtime: "none", factor: 2, settings: { seed: 5, steps: 1, tile: 64 } },
    upscale:
      ({ width, height, data }, { onProgress: onTile = () => undefined }) =>
      async () => {
        const grey = data[0] ?? 0;
        computing.push(grey);
        onTile(0, 2);
        const succeeds = await new Promise<boolean>((resolve) => finishing.set(grey, resolve));
        onTile(1, 2);
        if (!succeeds) return E.left(runtimeFailure("out of memory"));
        onTile(2, 2);
        const larger = new Uint8Array(4 * width * height * 3).fill(grey + 1);
        return E.right({ width: 2 * width, height: 2 * height, channels: 3, data: larger });
      },
    work: (_, total) => Array.from({ length: total }, () => 1),
    close: async () => undefined,
  };
  const finish = async (grey: number, succeeds = true): Promise<void> => {
    await until(() => finishing.has(grey));
    finishing.get(grey)?.(succeeds);
  };
  return { model, computing, finish };
};

const start = (
  jobs: readonly Job[],
  options: Partial<UpscaleOptions> = {},
  world: MemoryShellOptions = {},
) => {
  const memory = memoryShell(folder.path, world);
  const fake = fakeModel();
  const time = { now: 0 };
  const ended = runBatch(memory.shell, jobs, fake.model, options, { clock: () => time.now });
  return { ...memory, ...fake, ended, time };
};

const drafts = (): readonly string[] => readdirSync(folder.path).filter((name) => name.startsWith("."));

describe("a batch of pictures", () => {
  const greys = [10, 20, 30] as const;
  const jobOfGrey = (grey: number): Job => jobOf(`${grey}.png`, `${grey}-2x.png`);
  beforeEach(async () => {
    for (const grey of greys) await savePng(`${grey}.png`, grey);
  });
  const line = (grey: number): RegExp =>
    new RegExp(`^${grey}\\.png -> ${grey}-2x\\.png: 2 x 2 -> 4 x 4, model fake, runtime none`);

  it("is written picture by picture while the next computes, and reported in order", async () => {
    const { finish, computing, ended, out, err } = start(greys.map(jobOfGrey));
    await finish(10);
    // The first is in place while the second still computes.
    await until(() => out() !== "" && computing.length === 2);
    expect([computing, existsSync(at("10-2x.png")), existsSync(at("20-2x.png"))]).toEqual([
      [10, 20],
      true,
      false,
    ]);
    await finish(20);
    await finish(30);
    expect(await ended).toEqual([]);
    expect(await Promise.all(greys.map((grey) => greyOf(`${grey}-2x.png`)))).toEqual([11, 21, 31]);
    const lines = out().trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    for (const [place, grey] of greys.entries()) expect(lines[place]).toMatch(line(grey));
    expect(err()).toBe(
      "tadsr: 3 pictures in 0.0 s: computing 0.0 s (100 %), waiting 0.0 s for reading and 0.0 s for writing\n",
    );
    expect(drafts()).toEqual([]);
  });

  it("goes on after pictures that cannot be read, computed or put in place, and reports them in order", async () => {
    writeFileSync(at("bad.png"), "no picture");
    await savePng("40.png", 40);
    writeFileSync(at("40-2x.png"), "appeared since");
    const bad = jobOf("bad.png", "bad-2x.png");
    const all = [jobOfGrey(10), bad, ...[20, 40, 30].map(jobOfGrey)];
    const { finish, ended, out, err } = start(all);
    await finish(10);
    await finish(20, false);
    await finish(30);
    expect((await ended).map(({ named }) => named)).toEqual(["bad.png", "20.png", "40.png"]);
    expect(out().trimEnd().split("\n")).toEqual([
      expect.stringMatching(line(10)),
      expect.stringMatching(line(30)),
    ]);
    expect(err().trimEnd().split("\n")).toEqual([
      "tadsr: bad.png: this is not a PNG, JPEG or WebP picture, whatever its name; convert it to one",
      "tadsr: 20.png: out of memory",
      "tadsr: output 40-2x.png exists already; add --force to replace it",
      expect.stringMatching(/^tadsr: 2 pictures in /),
    ]);
    expect(drafts()).toEqual([]);
  });

  it("prints a JSON object for each picture in order, also for failed ones, and no summary", async () => {
    writeFileSync(at("20.png"), "no picture");
    const { finish, ended, out, err, time } = start(greys.map(jobOfGrey), { json: true });
    await until(() => drafts().length > 0);
    time.now = 3;
    await finish(10);
    await finish(30);
    await ended;
    const objects = out()
      .trimEnd()
      .split("\n")
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(objects.map(({ input }) => input)).toEqual(["10.png", "20.png", "30.png"]);
    expect(objects[0]).toMatchObject({ model: "fake", seed: 5, tile: 64, seconds: 3 });
    expect(objects[1]).toHaveProperty("error");
    expect(err()).toMatch(/^tadsr: 20\.png: this is not a PNG[^\n]*\n$/);
  });

  it("has only drafts of the pictures in work, and an interrupt removes them", async () => {
    const { computing, finish, undoing, ended } = start(greys.map(jobOfGrey));
    await until(() => computing.length === 1 && undoing.size === 2);
    expect(drafts()).toHaveLength(2);
    // As the interrupt does before it exits. Here the batch goes on, and finds its drafts gone.
    for (const undo of [...undoing].reverse()) undo();
    expect(readdirSync(folder.path).sort()).toEqual(["10.png", "20.png", "30.png"]);
    for (const grey of greys) await finish(grey);
    expect((await ended).map(({ named }) => named).slice(0, 2)).toEqual(["10.png", "20.png"]);
    expect({ drafts: drafts(), undoing: undoing.size }).toEqual({ drafts: [], undoing: 0 });
  });

  it("reads a picture that it writes itself only after it was written", async () => {
    await savePng("10-2x.png", 99);
    const chained = [jobOf("10.png", "10-2x.png"), jobOf("10-2x.png", "10-2x-2x.png")];
    const { finish, ended, computing } = start(chained, { force: true });
    await finish(10);
    await finish(11);
    expect(await ended).toEqual([]);
    expect(computing).toEqual([10, 11]);
    expect(await greyOf("10-2x-2x.png")).toBe(12);
  });

  it("shows a bar for the picture that is computed, and prints lines around it", async () => {
    const { finish, ended, err } = start([10, 20].map(jobOfGrey), {}, { isTerminal: true });
    await finish(10);
    await finish(20);
    await ended;
    const shown = err()
      .replaceAll(/[█░]+ +/g, "")
      .split("\r\u001b[2K");
    expect(shown).toContain("100 % of 2 tiles 10.png");
    expect(shown).toContain("100 % of 2 tiles 20.png");
    expect(shown.at(-1)).toMatch(/^tadsr: 2 pictures in /);
  });

  it("does not bring back the bar of a picture that failed", async () => {
    const { finish, ended, err } = start([jobOfGrey(10)], {}, { isTerminal: true });
    await finish(10, false);
    await ended;
    const shown = err()
      .replaceAll(/[█░]+ +/g, "")
      .split("\r\u001b[2K");
    expect(shown).toEqual([
      "",
      "0 % of 2 tiles 10.png",
      "50 % of 2 tiles, 0 s left 10.png",
      "tadsr: 10.png: out of memory\n",
      "",
    ]);
  });

  it("goes from standard input to standard output, and says so on standard error", async () => {
    const stdin = await sharp(at("20.png")).toBuffer();
    const { finish, ended, outBytes, err } = start([jobOf("-", "-")], {}, { stdin });
    await finish(20);
    expect(await ended).toEqual([]);
    expect((await sharp(outBytes()).raw().toBuffer())[0]).toBe(21);
    expect(err()).toMatch(/^- -> -: 2 x 2 -> 4 x 4, model fake, [^\n]*\n$/);
  });
});

describe("pictures that are outputs of the same batch", () => {
  it("are those that an earlier one writes, by any name", async () => {
    for (const name of ["a.png", "b.png", "c.png"]) writeFileSync(at(name), "");
    const { linkSync } = await import("node:fs");
    linkSync(at("b.png"), at("other-name-of-b.png"));
    const jobs = [
      jobOf("c.png", "x.png"),
      jobOf("a.png", "b.png"),
      jobOf("other-name-of-b.png", "c.png"),
      jobOf("-", "-"),
    ];
    const readers = await readersOfOutputs(jobs);
    // c is written after it is read.
    expect(jobs.map((job) => readers.has(job))).toEqual([false, false, true, false]);
  });
});

describe("the line about a batch", () => {
  it("gives seconds and the share that was computing", () => {
    const used = { total: 5.12, computing: 4.9, awaitingReads: 0.02, awaitingWrites: 0.2 };
    expect(utilisationLine(3, used)).toBe(
      "3 pictures in 5.1 s: computing 4.9 s (96 %), waiting 0.0 s for reading and 0.2 s for writing",
    );
    expect(utilisationLine(2, { ...used, total: 0 })).toContain("(100 %)");
  });
});

describe("a trace", () => {
  it("says when each event came first, if TADSR_TRACE is 1", () => {
    const { shell, err } = memoryShell(folder.path);
    let now = 100;
    const trace = traceOn(shell, { TADSR_TRACE: "1" }, () => now);
    trace("model-read");
    now = 123.456;
    trace("tile-done");
    now = 200;
    trace("tile-done");
    expect(err()).toBe("trace model-read 100.0\ntrace tile-done 123.5\n");
  });

  it.each([{}, { TADSR_TRACE: "0" }, { TADSR_TRACE: "" }])("is silent with %j", (environment) => {
    const { shell, err } = memoryShell(folder.path);
    traceOn(shell, environment)("model-read");
    expect(err()).toBe("");
  });
});
