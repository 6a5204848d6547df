/** The command as a user runs it: as a process, with its streams, signals and exit code. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveTinyModel } from "../../packages/cli/test/tiny-model.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const MAIN = join(ROOT, "packages/cli/src/main.ts");
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

const folder = mkdtempSync(join(tmpdir(), "tadsr-end-to-end-"));
const MODEL = join(folder, "model");
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  await saveTinyModel(MODEL);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Spawned {
  readonly child: ChildProcess;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly out: Buffer;
    readonly err: string;
  }>;
}

interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
}

/** The environment of this test's own package manager would give another folder as the user's. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$|VITEST)/.test(name)));

const start = (words: readonly string[], { cwd = folder, env = {}, input }: SpawnOptions = {}): Spawned => {
  const child = spawn(process.execPath, ["--import", TSX, MAIN, ...words], {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin.end(input);
  const ended = new Promise<Awaited<Spawned["ended"]>>((resolve) => {
    child.on("close", (code) =>
      resolve({ code, out: Buffer.concat(out), err: Buffer.concat(err).toString() }),
    );
  });
  return { child, ended };
};

const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#336699" } }).png();

/** Waits until `holds` is true, or until the process has ended. */
const until = async (holds: () => boolean, { ended }: Spawned): Promise<void> => {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!holds() && !isOver) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe("the command as a process", () => {
  it("upscales on wasm, quietly in a pipe", async () => {
    await flat(16, 12).toFile(at("photo.png"));
    const words = ["upscale", "photo.png", "--model", MODEL, "--runtime", "wasm"];
    const { code, out, err } = await start(words).ended;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.toString()).toMatch(
      /^photo\.png -> photo-4x\.png: 16 x 12 -> 64 x 48, model tiny, runtime wasm/,
    );
    expect(await sharp(at("photo-4x.png")).metadata()).toMatchObject({ width: 64, height: 48 });
  });

  it("works as a filter: picture in, picture out, report on standard error", async () => {
    const words = ["upscale", "-", "--model", MODEL, "--runtime", "wasm"];
    const { code, out, err } = await start(words, { input: await flat(5, 4).toBuffer() }).ended;
    expect(code).toBe(0);
    expect(await sharp(out).metadata()).toMatchObject({ format: "png", width: 20, height: 16 });
    expect(err).toMatch(/^- -> -: 5 x 4 -> 20 x 16/);
  });

  it("finds files relative to the folder where the user typed the workspace's script", async () => {
    mkdirSync(at("deeper"), { recursive: true });
    await flat(4, 4).toFile(at("deeper/here.png"));
    const { code, out } = await start(["upscale", "here.png", "--model", "../model", "--runtime", "wasm"], {
      cwd: ROOT,
      env: {
        npm_package_name: "tadsr-workspace",
        npm_lifecycle_event: "upscale",
        INIT_CWD: at("deeper"),
      },
    }).ended;
    expect({ code, out: out.toString() }).toMatchObject({ code: 0 });
    expect(existsSync(at("deeper/here-4x.png"))).toBe(true);
  });

  it.each([
    [["upscale", "no.png"], 1, "tadsr: no.png: it does not exist; check the name\n"],
    [["upscale", "--colour"], 2, /^tadsr: unknown option '--colour' \(see --help\)\n$/],
    [
      ["upscale", "--seed", "abc", "no.png"],
      2,
      /^tadsr: option '--seed <n>' argument 'abc' is invalid\.[^\n]*\n$/,
    ],
    [["fly"], 2, /^tadsr: unknown command 'fly' \(see --help\)\n$/],
    [["verify", "--manifest", "no.json"], 2, /^tadsr: manifest no\.json: it does not exist[^\n]*\n$/],
  ] as const)("%j ends with code %i and one line", async (words, code, message) => {
    const ended = await start(words).ended;
    expect({ code: ended.code, out: ended.out.toString() }).toEqual({ code, out: "" });
    if (typeof message === "string") expect(ended.err).toBe(message);
    else expect(ended.err).toMatch(message);
  });

  it("shows help and version", async () => {
    const help = await start(["--help"]).ended;
    expect(help.code).toBe(0);
    for (const command of ["upscale", "demo", "schedule", "verify", "train"]) {
      expect(help.out.toString()).toContain(`  ${command} `);
    }
    const version = await start(["--version"]).ended;
    expect({ code: version.code, out: version.out.toString() }).toEqual({ code: 0, out: "0.1.0\n" });
  });

  it("survives a reader that leaves early", async () => {
    const spawned = start(["schedule", "--steps", "20000", "--svg", "early.svg"]);
    spawned.child.stdout?.once("data", () => spawned.child.stdout?.destroy());
    const { code, err } = await spawned.ended;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(existsSync(at("early.svg"))).toBe(true);
  });
});

describe.skipIf(process.platform === "win32")("an interrupted upscale", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s leaves nothing half written, and ends with code %i", async (signal, expected) => {
    const place = at(signal);
    mkdirSync(place);
    // Many small tiles: this takes far longer than the signal.
    await flat(1024, 1024).toFile(join(place, "large.png"));
    const words = ["upscale", "large.png", "--model", MODEL, "--runtime", "wasm", "--tile", "16"];
    const spawned = start(words, { cwd: place });
    // The draft's folder is there as soon as the work begins.
    const drafts = (): readonly string[] => readdirSync(place).filter((name) => name.startsWith(".tadsr-"));
    await until(() => drafts().length > 0, spawned);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(drafts()).toHaveLength(1);
    spawned.child.kill(signal);
    const { code, out } = await spawned.ended;
    expect({ code, out: out.toString() }).toEqual({ code: expected, out: "" });
    expect(readdirSync(place)).toEqual(["large.png"]);
  });

  it("while an existing output is being replaced keeps that output", async () => {
    const place = at("replaced");
    mkdirSync(place);
    await flat(1024, 1024).toFile(join(place, "large.png"));
    writeFileSync(join(place, "large-4x.png"), "the earlier one");
    const spawned = start(
      ["upscale", "large.png", "--model", MODEL, "--runtime", "wasm", "--tile", "16", "--force"],
      { cwd: place },
    );
    await until(() => readdirSync(place).some((name) => name.startsWith(".tadsr-")), spawned);
    spawned.child.kill("SIGINT");
    expect((await spawned.ended).code).toBe(130);
    expect(readdirSync(place).sort()).toEqual(["large-4x.png", "large.png"]);
  });
});

describe.skipIf(process.platform === "win32")("an interrupted training", () => {
  it("ends with a checkpoint and code 130, and goes on from there", async () => {
    mkdirSync(at("photos"));
    await flat(96, 96).toFile(at("photos/a.png"));
    const words = [
      ...["train", "teacher", "--data", "photos", "-o", "run", "--batch", "1", "--crop", "32"],
      ...["--network", "tiny", "--runtime", "wasm", "--checkpoint-every", "1"],
    ];
    const spawned = start([...words, "--steps", "100000"]);
    await until(() => existsSync(at("run/checkpoint.safetensors")), spawned);
    spawned.child.kill("SIGINT");
    const { code, out } = await spawned.ended;
    const stopped = /^run: stopped after (\d+) steps? on 1 photograph, .*; go on with --resume\n$/.exec(
      out.toString(),
    );
    expect({ code, stopped: stopped !== null }).toEqual({ code: 130, stopped: true });
    const lines = readFileSync(at("run/log.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(Number(stopped?.[1]));
    const other = await start([...words, "--steps", "100000", "--batch", "2", "--resume"]).ended;
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/^tadsr: [^\n]*\n$/);
  });
});
