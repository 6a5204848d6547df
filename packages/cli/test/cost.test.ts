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
  it("gives each part's figures as JSON", async () => {
    const { code, out } = await cost("realsr-s15", "--json");
    expect(code).toBe(0);
    const { model, size, parts } = JSON.parse(out);
    expect({ model, size }).toEqual({ model: "realsr-s15", size: { width: 64, height: 64 } });
    expect(parts).toHaveLength(3);
    expect(Object.keys(parts[0])).toEqual([
      ...["part", "parameters", "layers", "attention", "others", "flops", "peakBytes", "peakBytesWithScores"],
    ]);
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
    const { code, out } = await cost("realesr-general-x4v3", "--size", "17x5");
    expect(code).toBe(0);
    expect(out).toMatch(/^part [^\n]*\nnetwork +1213296 /);
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
