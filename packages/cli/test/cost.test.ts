import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../src/program.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";
import { saveRandom, tinyUNet } from "./tiny-paper-networks.ts";
import { savePictureNetwork, tinySrvgg } from "./tiny-picture-networks.ts";

const cost = async (...words: readonly string[]) => {
  const folder = temporaryFolder();
  const memory = memoryShell(folder.path);
  const code = await run(memory.shell, ["cost", ...words]);
  folder.remove();
  return { code, out: memory.out(), err: memory.err() };
};

describe("tadsr cost", () => {
  it("gives the published parameters, and the layers' operations for 64 -> 256 within 2 % of the count", async () => {
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

  it("prints a table; twice the sides have four times the operations in layers", async () => {
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

  it("knows Real-ESRGAN's networks by name, at any size that they take", async () => {
    const flopsOf = async (...words: readonly string[]) => {
      const { code, out } = await cost(...words, "--json");
      expect(code).toBe(0);
      const { parts } = JSON.parse(out) as { parts: readonly { parameters: number; layers: number }[] };
      return parts[0];
    };
    // Each of 3 -> 64, 32 times 64 -> 64 and 64 -> 48 has 9 taps, a product and a sum, and a bias.
    const perPixel = 9 * 2 * (3 * 64 + 32 * 64 * 64 + 64 * 48) + 33 * 64 + 48;
    const general = await flopsOf("realesr-general-x4v3", "--size", "17x5");
    expect(general).toMatchObject({ parameters: 1_213_296, layers: 17 * 5 * perPixel });
    const [x4, x2] = [await flopsOf("RealESRGAN_x4plus"), await flopsOf("RealESRGAN_x2plus")];
    expect(x4?.parameters).toBe(16_697_987);
    // For a quarter of the pixels, except for the first convolution.
    expect((x2?.layers ?? 0) / (x4?.layers ?? 1)).toBeCloseTo(0.25, 3);
  });

  it("takes a file of such a network, and no other file", async () => {
    const folder = temporaryFolder();
    const [file, other] = [join(folder.path, "net.pth"), join(folder.path, "unet.pth")];
    await savePictureNetwork(file, tinySrvgg);
    await saveRandom(other, tinyUNet);
    const { code, out } = await cost(file);
    expect(code).toBe(0);
    expect(out).toMatch(/^part [^\n]*\nnetwork +4920 /);
    const refused = await cost(other);
    folder.remove();
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toMatch(/^tadsr: \S*unet\.pth: it is no network from pictures to pictures[^\n]*\n$/);
  });

  it.each([
    [["realsr-s15", "--size", "65x64"], "multiples of 64"],
    [["realsr-s15", "--size", "64"], "WIDTHxHEIGHT"],
    [["RealESRGAN_x2plus", "--size", "65x64"], "multiples of 2"],
    [["realsr"], "neither a published model (realsr-s15, "],
  ])("refuses %j in one line", async (words, reason) => {
    const { code, out, err } = await cost(...words);
    expect({ code, out, lines: err.trimEnd().split("\n").length }).toEqual({ code: 2, out: "", lines: 1 });
    expect(err).toContain(reason);
  });
});
