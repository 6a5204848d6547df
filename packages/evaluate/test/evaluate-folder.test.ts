/** The library's own part of `evaluate`; packages/cli/test/evaluate.test.ts has the command with all of it. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type EvaluateError,
  evaluateFolder,
  type FolderEvaluation,
  folderAround,
  type Openers,
  recogniseMethods,
} from "@tadsr/evaluate";
import { bicubicMethod, type Trial } from "@tadsr/metrics";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test } from "vitest";

let workingFolder: string;
const at = (...names: readonly string[]): string => join(workingFolder, ...names);

const savePicture = (file: string) =>
  sharp(
    Uint8Array.from({ length: 40 * 32 * 3 }, (_, i) => 128 + 90 * Math.sin(i / 5)),
    { raw: { width: 40, height: 32, channels: 3 } },
  ).toFile(file);

beforeEach(async () => {
  workingFolder = mkdtempSync(join(tmpdir(), "tadsr-evaluate-"));
  mkdirSync(at("originals"));
  await savePicture(at("originals", "a.png"));
});
afterEach(() => rmSync(workingFolder, { recursive: true, force: true }));

interface Refused {
  readonly _tag: "Refused";
  readonly message: string;
}

/** Openers whose models interpolate, and that note what was opened and closed. */
const interpolating = (notes: string[]): Openers<Refused> => ({
  engine: TE.left({ _tag: "Refused", message: "there is no engine" }),
  model: (model, options) => {
    if (model.kind !== "small") return TE.left({ _tag: "Refused", message: "only the small family" });
    const { name } = model.model.description;
    notes.push(`open ${name} ${JSON.stringify(options)}`);
    const { make } = bicubicMethod(name, 4);
    return TE.right({
      ...{ name, parameters: 7, runtime: "none", settings: { tile: 8, ...options } },
      upscale: (small) => make({ small } as Trial),
      close: async () => void notes.push(`close ${name}`),
    });
  },
});

const evaluate = (options: Partial<FolderEvaluation<Refused>>, notes: string[] = []) =>
  evaluateFolder<Refused>({
    ...{ originals: "originals", workingFolder, degradation: "bicubic", metrics: { names: ["psnr"] } },
    methods: [{ kind: "bicubic", name: "bicubic" }],
    open: interpolating(notes),
    ...options,
  })();

test("a model is opened with the options that it uses, measured as its method, and closed", async () => {
  const notes: string[] = [];
  const told: string[] = [];
  const found = await evaluate(
    {
      methods: [
        { kind: "bicubic", name: "plain" },
        { kind: "model", name: "m", model: "tiny-x4" },
      ],
      models: { steps: 2 },
      keep: { folder: "kept", replace: false },
      onProgress: (done, total, what) => told.push(`${done} of ${total} ${what}`),
    },
    notes,
  );
  if (E.isLeft(found)) throw new Error(found.left.message);
  const [plain, m] = found.right.report.methods;
  expect(m).toMatchObject({ name: "m", detail: "tiny-x4, 2 steps, runtime none", parameters: 7 });
  expect(m?.summary).toEqual(plain?.summary);
  expect(notes).toEqual(['open tiny-x4 {"steps":2}', "close tiny-x4"]);
  expect(told).toEqual(["0 of 2 a, seed 0, plain", "1 of 2 a, seed 0, m", "2 of 2 "]);
  expect(await readdir(at("kept"))).toEqual(["m", "plain", "small"]);
  expect(await readdir(at("kept", "m"))).toEqual(["a.png"]);
  expect(await readFile(at("kept", "m", "a.png"))).toEqual(await readFile(at("kept", "plain", "a.png")));
});

test("while a picture is kept, an interrupt removes its draft", async () => {
  const left: (readonly string[])[] = [];
  let registered = 0;
  const onInterrupt = (undo: () => void) => {
    registered++;
    undo();
    left.push(readdirSync(at("kept"), { recursive: true }).map(String));
    return () => void registered--;
  };
  const failed = await evaluate({ keep: { folder: "kept", replace: false, onInterrupt } });
  expect(failed).toMatchObject({ left: { _tag: "EvaluationFailed" } });
  expect(left).toEqual([["small"]]);
  expect(registered).toBe(0);
});

test("after an opener's error, which is given as it is, the models opened before are closed", async () => {
  const notes: string[] = [];
  const first = { kind: "model", name: "first", model: "tiny-x4" } as const;
  const open: Openers<Refused> = {
    ...interpolating(notes),
    model: (model, options) =>
      notes.length > 0
        ? TE.left({ _tag: "Refused", message: "no second one" })
        : interpolating(notes).model(model, options),
  };
  const failed = await evaluate({ methods: [first, { ...first, name: "second" }], open }, notes);
  expect(failed).toEqual(E.left({ _tag: "Refused", message: "no second one" }));
  expect(notes).toEqual(["open tiny-x4 {}", "close tiny-x4"]);
});

const FOLDERS = { methods: [{ kind: "folder", name: "f", folder: "originals" }] } as const;

test.each<[string, Partial<FolderEvaluation<Refused>>, Partial<EvaluateError>]>([
  [
    "the originals' name",
    { methods: [{ kind: "bicubic", name: "originals" }] },
    { _tag: "NameTaken", by: "originals" },
  ],
  ["a degradation that nothing uses", FOLDERS, { _tag: "UselessOption", option: "degradation" }],
  ["a tile without a model", { models: { tile: 8 } }, { _tag: "UselessOption", option: "tile" }],
  [
    "features without their metric",
    { metrics: { names: ["psnr"], features: { weights: "x" } } },
    { option: "features" },
  ],
  ["an unknown metric", { metrics: { names: ["PSNR"] } }, { _tag: "UnknownMetric" }],
  [
    "a model of another factor",
    { degradation: "face", methods: [{ kind: "model", name: "m", model: "tiny-x4" }] },
    { _tag: "OtherFactor" },
  ],
  [
    "two weights of one folder",
    { methods: [{ kind: "model", name: "m", model: "tiny-x4", mix: { file: "x.pth", share: 0.5 } }] },
    { _tag: "NotMixable" },
  ],
  ["a folder that is there", { keep: { folder: "originals", replace: false } }, { _tag: "FolderExists" }],
  [
    "to keep over a folder that is measured",
    {
      methods: [
        { kind: "bicubic", name: "x" },
        { kind: "folder", name: "f", folder: "x" },
      ],
      keep: { folder: ".", replace: true },
    },
    { _tag: "WouldOverwrite", measured: "x" },
  ],
])("refuses %s", async (_, options, expected) => {
  const failed = await evaluate(options);
  expect(failed).toMatchObject({ _tag: "Left", left: expected });
  expect(E.isLeft(failed) && failed.left.message).not.toContain("\n");
});

test("tells what a name means: bicubic, a shipped model, a folder of pictures, a model's folder", async () => {
  mkdirSync(at("small-x4"));
  const words = ["bicubic", "small-x4", "./small-x4", "s/{seed}"];
  const named = words.map((what, n) => ({ name: `m${n}`, what }));
  expect(await recogniseMethods(named, workingFolder)()).toEqual(
    E.right([
      { kind: "bicubic", name: "m0" },
      { kind: "model", name: "m1", model: "small-x4" },
      { kind: "folder", name: "m2", folder: "./small-x4" },
      { kind: "folder", name: "m3", folder: "s/{seed}" },
    ]),
  );
  const unknown = await recogniseMethods([...named, { name: "x", what: "smal-x4" }], workingFolder)();
  expect(unknown).toMatchObject({ left: { _tag: "UnknownMethod", place: 4 } });
});

test("finds the folder around a path through links, also if the path does not exist yet", async () => {
  symlinkSync(at("originals"), at("linked"));
  const around = (path: string) => folderAround([path], ["elsewhere", "originals"], workingFolder);
  expect(await around("linked/new/x.png")).toBe("originals");
  expect(await around("originals")).toBe("originals");
  expect(await around("originals-2/x.png")).toBeNull();
});
