/**
 * The packages that users get: every package is built and packed, npm installs the tarballs into an empty folder, and
 * they are used there from JavaScript, from TypeScript, from vitest and from the shell.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import nodeModule from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
const onWindows = process.platform === "win32";

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (
  command: string,
  args: readonly string[],
  cwd: string,
  more: Readonly<Record<string, string>> = {},
): Finished => {
  // vitest and pnpm set variables about themselves in their children's environment; a user's shell does not.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|NODE_ENV$|TEST$|INIT_CWD$|npm_(?!config))/.test(name),
    ),
  );
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...env, ...more },
    encoding: "utf8",
    shell: onWindows,
  });
  return { status, stdout, stderr };
};

/** What the command wrote to standard output. */
const succeed = (command: string, args: readonly string[], cwd: string): string => {
  const { status, stdout, stderr } = run(command, args, cwd);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
};

const packages = readdirSync(join(root, "packages"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")))
  .map(({ name }) => String(name));

/** The packages are modules, as they say, and for those who resolve as modules do. */
const concernsModules = (problem: Problem): boolean =>
  !("resolutionKind" in problem && ["node10", "node16-cjs"].includes(problem.resolutionKind));

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies[name];

/** What the runtimes wasm and cpu need, with the versions that @tadsr/runtime-node asks for. */
const tensorflowJs = (): readonly string[] => {
  const manifest = readFileSync(join(root, "packages", "runtime-node", "package.json"), "utf8");
  const { peerDependencies } = JSON.parse(manifest) as { peerDependencies: Record<string, string> };
  return Object.entries(peerDependencies)
    .filter(([name]) => name.startsWith("@tensorflow/"))
    .map(([name, version]) => `${name}@${version}`);
};

/** Imports every package and runs something of each. */
const USE_JS = `
import assert from "node:assert/strict";
import * as core from "@tadsr/core";
import * as tfjs from "@tadsr/engine-tfjs";
import * as evaluation from "@tadsr/evaluate";
import * as exporting from "@tadsr/export";
import * as files from "@tadsr/files";
import * as laws from "@tadsr/laws/plain";
import * as metrics from "@tadsr/metrics";
import * as model from "@tadsr/model";
import * as cuda from "@tadsr/runtime-cuda";
import * as node from "@tadsr/runtime-node";
import * as web from "@tadsr/runtime-web";
import * as dawn from "@tadsr/runtime-web/dawn";
import * as train from "@tadsr/train";
import * as upscale from "@tadsr/upscale";
import { runAlgorithmOne } from "@tadsr/train/algorithm-one";
import * as verify from "@tadsr/verify";
import { verifyFolder } from "@tadsr/verify/plain";
import * as cli from "tadsr";
for (const module of [core, tfjs, evaluation, exporting, files, laws, metrics, model, cuda, node, web, dawn, train, upscale, verify, cli]) assert(Object.keys(module).length > 0);
assert.equal(train.runAlgorithmOne, runAlgorithmOne);
assert.equal(verify.verifyFolder, verifyFolder);
const made = core.makeSchedule(core.superResolutionSchedule);
assert.equal(made._tag, "Right");
assert.equal(made.right.eta.length, made.right.T + 1);
const engine = await node.runtimes.wasm.open();
assert.equal(engine._tag, "Right");
const two = engine.right.upload("vector", { shape: [1], data: Float32Array.of(2) });
assert.equal((await engine.right.download("vector", engine.right.algebra.add(two, two))).data[0], 4);
await engine.right.close();
console.log((await files.shippedModels()).join());
`;

/** The three lines of the README; what they print is checked. */
const THREE_LINES_JS = `
import { openUpscaler, savePicture, TadsrError } from "tadsr";
const upscaler = await openUpscaler({ model: "tiny-x4", runtime: "wasm" });
const larger = await upscaler.upscale("small.png");
await upscaler.close();
await savePicture(larger, "larger.webp");
const failed = await openUpscaler({ model: "absent" }).catch((error) => error);
console.log(larger.width, larger.height, failed instanceof TadsrError, failed.code);
`;

const THREE_LINES_TS = `
import { openUpscaler, type Picture, type TadsrErrorCode } from "tadsr";
const upscaler = await openUpscaler({ model: "small-x4" });
const larger = await upscaler.upscale("photo.jpg");
await upscaler.close();
export const picture: Picture = larger;
export const alpha: Uint8Array | undefined = larger.alpha;
for await (const { done, total } of upscaler.tiles(picture, { signal: AbortSignal.timeout(1000) })) console.log(done / total);
export const code: TadsrErrorCode = "aborted";
// The codes are a closed union.
export const isClosed: "something" extends TadsrErrorCode ? false : true = true;
`;

/** What must not be lost on the way: a type that became \`any\` is a declaration that did not resolve. */
const USE_TS = `
import { makeSchedule, type Pointwise, type Runtime, type Schedule } from "@tadsr/core";
import { tfjsEngine } from "@tadsr/engine-tfjs";
import { evaluateFolder } from "@tadsr/evaluate";
import { loadModel } from "@tadsr/files";
import { describeLaws } from "@tadsr/laws";
import { checkLaws } from "@tadsr/laws/plain";
import { evaluate, type Report } from "@tadsr/metrics";
import { type Model, upscale } from "@tadsr/model";
import { tensorflow } from "@tadsr/runtime-cuda";
import { runtimes } from "@tadsr/runtime-node";
import { onnxWasm, webgpu } from "@tadsr/runtime-web";
import { dawnRuntime } from "@tadsr/runtime-web/dawn";
import { trainStudent } from "@tadsr/train";
import { run } from "tadsr";
type IsAny<T> = 0 extends 1 & T ? true : false;
type Sound = IsAny<Schedule | Runtime<number> | Pointwise<number> | Model | Report>;
type Functions =
  | typeof makeSchedule | typeof tfjsEngine | typeof describeLaws | typeof checkLaws
  | typeof evaluate | typeof evaluateFolder | typeof loadModel | typeof upscale | typeof runtimes | typeof tensorflow
  | typeof onnxWasm | typeof webgpu | typeof dawnRuntime | typeof trainStudent | typeof run;
export const sound: [Sound, IsAny<Functions>] = [false, false];
export const eta = (schedule: Schedule): number | undefined => schedule.eta[1];
`;

const DRAW = `
import sharp from "sharp";
await sharp({ create: { width: 12, height: 8, channels: 3, background: "teal" } }).toFile("small.png");
`;

const LAWS_TEST = `
import { describeLaws } from "@tadsr/laws";
import { runtimes } from "@tadsr/runtime-node";
describeLaws(runtimes.wasm);
`;

const compilerOptions = (module: string, moduleResolution: string): object => ({
  module,
  moduleResolution,
  target: "ES2022",
  lib: ["ES2023", "DOM"],
  types: ["node"],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
});

const noSkips = process.env.TADSR_NO_SKIPS === "1";
const reachable = noSkips || run("npm", ["view", "fp-ts@2.16.11", "version"], root).status === 0;

describe.skipIf(!reachable)(
  reachable ? "the packed packages" : "skipped: npm's registry cannot be reached, connect to it",
  () => {
    const folder = join(tmpdir(), `tadsr-packed-${process.pid}`);
    const consumer = join(folder, "consumer");
    /** Where only the command is installed, with what it depends on. */
    const slim = join(folder, "slim");
    const tarballOf = (name: string): string => `${name.replace("@", "").replace("/", "-")}-0.1.0.tgz`;

    beforeAll(() => {
      mkdirSync(folder);
      succeed(process.execPath, ["tools/clean.mjs"], root);
      succeed(process.execPath, [compiler, "-b", "packages/tsconfig.json"], root);
      succeed(process.execPath, ["tools/bundle-command.mjs"], root);
      const pack = ["-r", "--filter", "./packages/*", "pack", "--pack-destination", folder];
      succeed("npx", ["-y", "pnpm@12", ...pack], root);
      const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
      expect(tarballs.length).toBe(packages.length);
      mkdirSync(consumer);
      writeFileSync(join(consumer, "package.json"), JSON.stringify({ private: true, type: "module" }));
      const tools = ["vitest", "@types/node"].map((name) => `${name}@${versionOf(name)}`);
      const others = [...tools, ...tensorflowJs()];
      const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
      succeed(
        "npm",
        ["install", ...quiet, ...tarballs.map((name) => join(folder, name)), ...others],
        consumer,
      );
      mkdirSync(slim);
      const file = (name: string): string => `file:${join(folder, tarballOf(name))}`;
      const overrides = packages.filter((name) => name !== "tadsr").map((name) => [name, file(name)]);
      const manifest = {
        private: true,
        dependencies: { tadsr: file("tadsr") },
        overrides: Object.fromEntries(overrides),
      };
      writeFileSync(join(slim, "package.json"), JSON.stringify(manifest));
      succeed("npm", ["install", ...quiet], slim);
    }, 300_000);

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test.each(packages)("%s holds its code, its declarations, its licence and its readme", (name) => {
      const installed = join(consumer, "node_modules", name);
      const { version, exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
      expect(version).toBe("0.1.0");
      for (const entry of Object.values(exports) as (string | { types: string; default: string })[]) {
        // Exports that are not modules are folders or files as they are, such as the models' folder.
        if (typeof entry === "string") continue;
        const { types, default: code } = entry;
        expect(readFileSync(join(installed, types), "utf8")).not.toBe("");
        expect(readFileSync(join(installed, code), "utf8")).not.toBe("");
      }
      expect(readFileSync(join(installed, "LICENSE"), "utf8")).toContain("Apache License");
      expect(readFileSync(join(installed, "README.md"), "utf8")).toContain(`# ${name}`);
    });

    test.each(packages)("%s is found sound by publint and Are the types wrong", async (name) => {
      const tarball = readFileSync(join(folder, tarballOf(name)));
      const bytes = Uint8Array.from(tarball);
      const { messages } = await publint({ strict: true, pack: { tarball: bytes.buffer } });
      expect(messages).toEqual([]);
      const checked = await checkPackage(createPackageFromTarballData(bytes));
      expect(checked.types).toEqual({ kind: "included" });
      expect("problems" in checked && checked.problems.filter(concernsModules)).toEqual([]);
    });

    test("can be imported and run from JavaScript, with the shipped models", () => {
      writeFileSync(join(consumer, "use.mjs"), USE_JS);
      expect(succeed(process.execPath, ["use.mjs"], consumer)).toContain("small-x4");
    });

    test.each([
      ["NodeNext", "NodeNext"],
      ["ESNext", "Bundler"],
    ])("type-check strictly in TypeScript, module %s and resolution %s", (module, moduleResolution) => {
      writeFileSync(join(consumer, "use.ts"), USE_TS);
      writeFileSync(join(consumer, "three-lines.ts"), THREE_LINES_TS);
      const project = `tsconfig.${moduleResolution}.json`;
      const options = {
        compilerOptions: compilerOptions(module, moduleResolution),
        files: ["use.ts", "three-lines.ts"],
      };
      writeFileSync(join(consumer, project), JSON.stringify(options));
      const { stdout } = run(process.execPath, [compiler, "-p", project, "--pretty", "false"], consumer);
      // TensorFlow.js's own declarations fail this check.
      const ours = stdout
        .split("\n")
        .filter((line) => /^(use\.ts|three-lines\.ts|node_modules\/(@tadsr|tadsr)\/)/.test(line));
      expect(ours).toEqual([]);
    });

    test("let an outsider test a runtime by the laws", () => {
      writeFileSync(join(consumer, "laws.test.js"), LAWS_TEST);
      const printed = succeed(process.execPath, ["node_modules/vitest/vitest.mjs", "run"], consumer);
      expect(printed).toMatch(/Tests .*\d+ passed/);
    });

    test("give the command tadsr", () => {
      expect(succeed("npx", ["--no-install", "tadsr", "--version"], consumer).trim()).toBe("0.1.0");
      expect(succeed("npx", ["--no-install", "tadsr", "--help"], consumer)).toContain("upscale");
      const rows = succeed("npx", ["--no-install", "tadsr", "schedule"], consumer).trim().split("\n");
      expect(rows.length).toBe(16);
      expect(run("npx", ["--no-install", "tadsr", "upscale", "absent.jpg"], consumer).status).toBe(1);
    });

    test("give the command without TensorFlow.js, and it says what a training needs", () => {
      const found = readdirSync(join(slim, "node_modules"));
      expect(found).toContain("tadsr");
      expect(found).not.toContain("@tensorflow");
      expect(succeed("npx", ["--no-install", "tadsr", "--version"], slim).trim()).toBe("0.1.0");
      writeFileSync(join(slim, "draw.mjs"), DRAW);
      succeed(process.execPath, ["draw.mjs"], slim);
      const words = ["--no-install", "tadsr", "train", "teacher", "--data", ".", "--out", "run"];
      const refused = run("npx", words, slim);
      expect(refused).toMatchObject({ status: 1, stdout: "" });
      expect(refused.stderr).toMatch(
        /^tadsr: [^\n]*npm install --ignore-scripts @tadsr\/runtime-cuda && npx tadsr-setup-tensorflow[^\n]*\n$/,
      );
    });

    test("keep the command's compiled code in the cache, if Node can", () => {
      const cache = join(slim, "cache");
      const main = join(slim, "node_modules", "tadsr", "dist", "main.js");
      expect(run(process.execPath, [main, "--version"], slim, { TADSR_CACHE: cache }).status).toBe(0);
      expect(existsSync(join(cache, "compiled"))).toBe("enableCompileCache" in nodeModule);
      // A folder that cannot be made does no harm.
      const nowhere = { TADSR_CACHE: join(slim, "package.json") };
      expect(run(process.execPath, [main, "--version"], slim, nowhere)).toMatchObject({
        status: 0,
        stderr: "",
      });
    });

    test("give the same picture as a clone does", () => {
      const picture = join(slim, "small.png");
      writeFileSync(join(slim, "draw.mjs"), DRAW);
      succeed(process.execPath, ["draw.mjs"], slim);
      const words = (name: string) => ["upscale", picture, "--runtime", "onnx", "--out", join(slim, name)];
      succeed("npx", ["--no-install", "tadsr", ...words("packed.png")], slim);
      const main = join(root, "packages", "cli", "src", "main.ts");
      succeed(process.execPath, ["--import", "tsx", main, ...words("clone.png")], root);
      const [packed, clone] = ["packed.png", "clone.png"].map((name) => readFileSync(join(slim, name)));
      expect(packed).toEqual(clone);
    });

    test("upscale a picture in three lines", () => {
      writeFileSync(join(consumer, "draw.mjs"), DRAW);
      writeFileSync(join(consumer, "three-lines.mjs"), THREE_LINES_JS);
      succeed(process.execPath, ["draw.mjs"], consumer);
      const printed = succeed(process.execPath, ["three-lines.mjs"], consumer);
      expect(printed).toBe("48 32 true unknown-model\n");
      expect(readFileSync(join(consumer, "larger.webp")).toString("latin1", 8, 12)).toBe("WEBP");
    });

    test("upscale a picture with the model that is packed", () => {
      writeFileSync(join(consumer, "draw.mjs"), DRAW);
      succeed(process.execPath, ["draw.mjs"], consumer);
      const printed = run(
        "npx",
        ["--no-install", "tadsr", "upscale", "small.png", "--runtime", "wasm"],
        consumer,
      );
      expect(printed.status, printed.stderr).toBe(0);
      // The width and the height are in a PNG's first chunk.
      const png = readFileSync(join(consumer, "small-4x.png"));
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([48, 32]);
    });
  },
);
