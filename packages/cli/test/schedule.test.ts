import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "../src/program.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

const tadsr = async (...words: readonly string[]) => {
  const memory = memoryShell(folder.path);
  const code = await run(memory.shell, words);
  return { code, out: memory.out(), err: memory.err() };
};

interface Json {
  readonly T: number;
  readonly rows: readonly Record<string, number>[];
}
const json = (text: string): Json => JSON.parse(text) as Json;

describe("tadsr schedule", () => {
  it("prints a row for each time, with the numbers of the published schedule", async () => {
    const { code, out, err } = await tadsr("schedule", "--preset", "small-x4");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const lines = out.trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    expect(lines[0]?.trim().split(/ {2,}/)).toEqual([
      ...["t", "index", "sqrt eta", "eta", "alpha", "input scale", "post. var.", "mean z_t", "mean z_0"],
      ...["m", "j", "k", "weight"],
    ]);
    const cells = lines[4]?.trim().split(/ +/) ?? [];
    expect(cells.slice(0, 4)).toEqual(["4", "3", "0.99000", "0.98010"]);
  });

  it("keeps the times and indices of a respacing", async () => {
    const { out } = await tadsr("schedule", "--respacing", "5", "--json");
    const { T, rows } = json(out);
    expect(T).toBe(5);
    expect(rows.map(({ index }) => index)).toEqual([0, 3, 6, 9, 12]);
    const whole = json((await tadsr("schedule", "--json")).out);
    expect(rows.map(({ eta }) => eta)).toEqual([0, 3, 6, 9, 12].map((i) => whole.rows[i]?.eta));
  });

  it("takes every value of the configuration", async () => {
    const words = ["--steps", "3", "--power", "1", "--kappa", "1", "--min-noise", "0.01", "--end", "1"];
    const { rows } = json((await tadsr("schedule", ...words, "--json")).out);
    // p = 1 is a geometric progression: 0.01, 0.1, 1.
    const sqrtEtas = rows.map(({ sqrtEta }) => sqrtEta);
    expect(sqrtEtas).toHaveLength(3);
    for (const [i, expected] of [0.01, 0.1, 1].entries()) expect(sqrtEtas[i]).toBeCloseTo(expected, 14);
  });

  it("draws an SVG that opens, and does not replace one without --force", async () => {
    const drawn = await tadsr("schedule", "--svg", "s.svg");
    expect(drawn.code).toBe(0);
    const path = join(folder.path, "s.svg");
    const { format, width, height } = await sharp(path).metadata();
    expect({ format, width, height }).toEqual({ format: "svg", width: 760, height: 460 });
    writeFileSync(path, "mine");
    const refused = await tadsr("schedule", "--svg", "s.svg");
    expect(refused.code).toBe(1);
    expect(refused.err).toBe("tadsr: output s.svg exists already; add --force to replace it\n");
    expect(readFileSync(path, "utf8")).toBe("mine");
    expect((await tadsr("schedule", "--svg", "s.svg", "--force")).code).toBe(0);
    expect(readFileSync(path, "utf8")).toContain("<svg");
    expect(readdirSync(folder.path)).toEqual(["s.svg"]);
  });

  it.each([
    [["--steps", "0"], "option '--steps <T>' argument '0' is invalid. It must be a whole number from 1"],
    [["--kappa", "big"], "option '--kappa <k>' argument 'big' is invalid. It must be a number."],
    [["--kappa", "-1"], "--kappa -1 is out of range: give a finite number above 0"],
    [["--end", "2"], "--end 2 is out of range: give above sqrt(eta_1)"],
    [["--respacing", "16"], "--respacing 16 is out of range: give an integer from 1 to steps = 15"],
    [["--preset", "best"], "Allowed choices are realsr-s15, faceir-s4, small-x4"],
    [["--colour"], "unknown option '--colour'"],
  ])("refuses %j with exit code 2 and one line", async (words, message) => {
    const { code, out, err } = await tadsr("schedule", ...words);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(/^tadsr: [^\n]*\n$/);
    expect(err).toContain(message);
  });

  it("says that a drawing cannot be written, and where", async () => {
    const { code, err } = await tadsr("schedule", "--svg", "nowhere/s.svg");
    expect(code).toBe(1);
    expect(err).toBe(
      "tadsr: output nowhere/s.svg cannot be written: its folder does not exist; make it or name another place\n",
    );
    expect(existsSync(join(folder.path, "nowhere"))).toBe(false);
  });
});
