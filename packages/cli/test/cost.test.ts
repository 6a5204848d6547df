import { describe, expect, it } from "vitest";
import { run } from "../src/program.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";

const cost = async (...words: readonly string[]) => {
  const folder = temporaryFolder();
  const memory = memoryShell(folder.path);
  const code = await run(memory.shell, ["cost", ...words]);
  folder.remove();
  return { code, out: memory.out(), err: memory.err() };
};

describe("tadsr cost", () => {
  it("gives the published parameters, and within 2 % what was counted of the layers for 64 -> 256", async () => {
    const { code, out } = await cost("realsr-s15", "--json");
    expect(code).toBe(0);
    const { parts } = JSON.parse(out) as {
      readonly parts: readonly { readonly parameters: number; readonly layers: number }[];
    };
    expect(parts[0]?.parameters).toBe(118_593_583);
    expect((parts[1]?.parameters ?? 0) + (parts[2]?.parameters ?? 0)).toBe(55_322_782);
    // Counted on the authors' networks.
    for (const [i, counted] of [100.2, 310.9, 636.2].entries())
      expect(Math.abs((parts[i]?.layers ?? 0) / 1e9 / counted - 1)).toBeLessThan(0.02);
  });

  it("prints a table, and four times as much in layers for twice the sides", async () => {
    const { out } = await cost("tad-sr-s1", "--size", "128x128");
    const [header, unet] = out.split("\n");
    expect(header).toMatch(/^part +parameters +GFLOP: in layers/);
    expect(unet).toMatch(/^UNet, one step +118593583 +40[0-2]\.\d/);
  });

  it("knows the faces' networks, whose picture is as large as the result", async () => {
    const { code, out } = await cost("faceir-s4", "--size", "512x512");
    expect(code).toBe(0);
    expect(out.split("\n")).toHaveLength(5);
  });

  it.each([
    [["realsr-s15", "--size", "65x64"], "multiples of 64"],
    [["realsr-s15", "--size", "64"], "WIDTHxHEIGHT"],
    [["realsr"], "Allowed choices are"],
  ])("refuses %j in one line", async (words, reason) => {
    const { code, out, err } = await cost(...words);
    expect({ code, out, lines: err.trimEnd().split("\n").length }).toEqual({ code: 2, out: "", lines: 1 });
    expect(err).toContain(reason);
  });
});
