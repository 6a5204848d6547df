import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openCheckpoint } from "@tadsr/files";
import { parameterCount, swinUNet, vqAutoencoder } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../src/program.ts";
import { type RandomWeightsOptions, runRandomWeights } from "../src/random-weights/run.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";
import { tinyAutoencoder, tinyNetworks, tinyUNet } from "./tiny-paper-networks.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());
const at = (name: string): string => join(folder.path, name);

const write = async (out: string, options: Partial<RandomWeightsOptions> = {}) => {
  const memory = memoryShell(folder.path);
  const asked = { model: "tad-sr-s1", out, seed: 1, dtype: "F32", ...options } as const;
  const done = await runRandomWeights(memory.shell, asked, tinyNetworks)();
  return { done, out: memory.out() };
};

describe("tadsr random-weights", () => {
  it("writes both files with the authors' names, and all of the networks' numbers", async () => {
    const { done, out } = await write("weights");
    expect(done).toEqual(E.right(0));
    const counts = [swinUNet(tinyUNet), vqAutoencoder(tinyAutoencoder)].map(({ parameters }) =>
      parameterCount(parameters),
    );
    expect(out).toBe(
      `weights/TAD-SR.pth: ${counts[0]} random numbers, seed 1\n` +
        `weights/autoencoder_vq_f4.pth: ${counts[1]} random numbers, seed 1\n`,
    );
    const opened = await openCheckpoint(at("weights/TAD-SR.pth"))();
    if (E.isLeft(opened)) throw new Error(opened.left.message);
    const names = [...(opened.right.groups[0]?.entries.keys() ?? [])];
    await opened.right.close();
    expect(names).toEqual(swinUNet(tinyUNet).parameters.map(({ name }) => name));
  });

  it("depends only on the seed", async () => {
    await write("a");
    await write("b");
    await write("c", { seed: 2 });
    const bytes = (name: string) => readFileSync(at(`${name}/TAD-SR.pth`));
    expect(bytes("a").equals(bytes("b"))).toBe(true);
    expect(bytes("a").equals(bytes("c"))).toBe(false);
  });

  it("replaces nothing without --force", async () => {
    await write("weights");
    const { done } = await write("weights", { seed: 2 });
    expect(done).toMatchObject({ left: { message: expect.stringContaining("add --force to replace it") } });
    expect((await write("weights", { seed: 2, force: true })).done).toEqual(E.right(0));
  });

  it("knows the published models only", async () => {
    const { shell, err } = memoryShell(folder.path);
    expect(await run(shell, ["random-weights", "huge", "--out", "weights"])).toBe(2);
    expect(err()).toMatch(/^tadsr: .*Allowed choices are realsr-s15, sinsr-s1, tad-sr-s1, faceir-s4.*\n$/);
  });
});
