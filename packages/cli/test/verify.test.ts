/** What `tadsr verify` prints, and its exit code. The checks themselves are those of @tadsr/verify. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../src/program.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";

const SCHEDULES = join(import.meta.dirname, "../../core/test/fixtures/schedules.json");

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
  cpSync(SCHEDULES, file("schedules.json"));
  writeFileSync(file("manifest.json"), JSON.stringify({ samplers: { net: "unet", schedule: "faceir_s4" } }));
});
afterEach(() => folder.remove());

const file = (name: string): string => join(folder.path, name);

const verify = async (...words: readonly string[]) => {
  const memory = memoryShell(folder.path);
  const code = await run(memory.shell, ["verify", "--manifest", "manifest.json", ...words]);
  return { code, lines: memory.out().trimEnd().split("\n"), err: memory.err() };
};

/** Changes the recorded numbers of one quantity. */
const editSchedule = (quantity: string, edit: (values: number[]) => void): void => {
  const schedules = JSON.parse(readFileSync(file("schedules.json"), "utf8"));
  edit(schedules.realsr_s15[quantity]);
  writeFileSync(file("schedules.json"), JSON.stringify(schedules));
};

describe("tadsr verify", () => {
  it("prints a row for each check, the counts and the largest error", async () => {
    const { code, lines, err } = await verify("--engine", "reference");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(lines[0]?.split(/ {2,}/)).toEqual(["entry", "check", "verdict", "error", "tolerance", "note"]);
    expect(lines[1]?.split(/ {2,}/)).toEqual([
      ...["schedules/realsr_s15", "sqrt_etas", "ok"],
      ...[expect.stringMatching(/^\d\.\de-\d+$/), "1e-12"],
    ]);
    expect(lines.slice(25, 27).map((line) => line.split(/ {2,}/))).toEqual([
      ["samplers", "samplers.safetensors", "absent", "samplers.safetensors is not there"],
      ["24 ok, 0 mismatched, 0 not run, 1 absent"],
    ]);
    expect(lines[27]).toMatch(/^Errors are relative: /);
    expect(lines[28]).toMatch(/^Largest error on reference: \d\.\de-\d+ \(schedules\/.*\)\.$/);
    expect(lines).toHaveLength(29);
  });

  it("fails if a number differs, with its row in capitals", async () => {
    editSchedule("sqrt_etas", (values) => values.splice(7, 1, 0.5));
    const { code, lines } = await verify();
    expect(code).toBe(1);
    expect(lines.filter((line) => line.includes("MISMATCH")).map((line) => line.split(/ {2,}/)[1])).toEqual([
      "sqrt_etas",
    ]);
    expect(lines.at(-3)).toBe("23 ok, 1 mismatched, 0 not run, 1 absent");
    expect(lines.at(-1)).toMatch(/^Largest error on wasm: .* \(schedules\/realsr_s15, sqrt_etas\)\.$/);
  });

  it("fails if nothing can be compared", async () => {
    writeFileSync(file("manifest.json"), "{}");
    expect((await verify()).code).toBe(0);
    rmSync(file("schedules.json"));
    const { code, err } = await verify();
    expect(code).toBe(1);
    expect(err).toMatch(/^tadsr: manifest manifest.json: nothing in it or beside it could be compared/);
  });

  it.each([
    ["no such file", null, "manifest manifest.json: it does not exist; check the path"],
    ["not JSON", "{", "manifest manifest.json: it is not JSON ("],
    ["a list", "[]", "manifest manifest.json: it is not a JSON object; give the manifest.json of a folder"],
  ])("with a broken manifest (%s): one line and exit code 2", async (_name, text, message) => {
    if (text === null) rmSync(file("manifest.json"));
    else writeFileSync(file("manifest.json"), text);
    const { code, err } = await verify();
    expect(code).toBe(2);
    expect(err).toMatch(/^tadsr: [^\n]*\n$/);
    expect(err).toContain(message);
  });

  it("without --manifest: exit code 2", async () => {
    const memory = memoryShell(folder.path);
    expect(await run(memory.shell, ["verify"])).toBe(2);
    expect(memory.err()).toBe("tadsr: required option '--manifest <file>' not specified (see --help)\n");
  });

  it.each(["tfjs-webgl", "tfjs-reference", "constructor", ""])(
    "with an unknown engine, %j: exit code 2, and which there are",
    async (engine) => {
      const { code, err } = await verify("--engine", engine);
      expect(code).toBe(2);
      expect(err).toBe(
        `tadsr: option '--engine <name>': there is no engine '${engine}'; ` +
          "there are reference, tfjs-cpu, tfjs-wasm, tfjs-tensorflow, onnx, onnx-webgpu, onnx-cuda, tfjs-webgpu\n",
      );
    },
  );
});
