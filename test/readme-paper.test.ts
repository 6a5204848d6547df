/**
 * README.md's steps from the authors' files to a picture: each of its commands runs, in order and in one folder, on
 * small files of the same kinds.
 */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeRandomWeights } from "@tadsr/files";
import { readVqAutoencoderConfig, vqAutoencoder } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../packages/cli/src/program.ts";
import { runRandomWeights } from "../packages/cli/src/random-weights/run.ts";
import { memoryShell } from "../packages/cli/test/memory-shell.ts";
import { tinyNetworks } from "../packages/cli/test/tiny-paper-networks.ts";
import { paperFixtures } from "../packages/model/test/paper-fixtures.ts";

const README = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const [section = ""] = /^### From the authors' files to a picture$(.*?)^### /ms.exec(README) ?? [];
const lines = [...section.matchAll(/^npx -y pnpm@12 (.*)$/gm)].map(([, line]) => line ?? "");

const fixtures = paperFixtures();
const folder = mkdtempSync(join(tmpdir(), "tadsr-readme-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

beforeAll(async () => {
  const take = (fixture: string, name: string) => copyFileSync(join(fixtures(), fixture), at(name));
  take("student.pth", "TAD-SR.pth");
  take("unet_a.pth", "resshift_realsrx4_s15_v1.pth");
  take("unet_face.pth", "resshift_faceir_s4.pth");
  take("vq_f8_face.legacy.pth", "ffhq512_vq_f8_dim8_face.pth");
  const manifest = JSON.parse(readFileSync(join(fixtures(), "manifest.json"), "utf8"));
  const config = right(readVqAutoencoderConfig("manifest.json", manifest.vq_f4.config));
  const written = writeRandomWeights(at("autoencoder_vq_f4.pth"), vqAutoencoder(config).parameters, {
    seed: 1,
    dtype: "F32",
    format: "pytorch-zip",
  });
  right(await written());
  const photograph = (width: number, height: number) =>
    sharp(
      Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37 + (i >> 4) * 11) % 256),
      { raw: { width, height, channels: 3 } },
    );
  await photograph(24, 18).jpeg().toFile(at("photo.jpg"));
  await photograph(64, 64).png().toFile(at("face.png"));
});

/** What each command writes or prints. */
const RESULTS: readonly (readonly [RegExp, { readonly file?: string; readonly printed: RegExp }])[] = [
  [/^tadsr inspect TAD-SR/, { printed: /796 695 numbers.*taken for: swin-unet/s }],
  [/^tadsr inspect autoencoder/, { printed: /729 406 numbers.*taken for: vq-autoencoder/s }],
  [/--config tad-sr-s1$/, { file: "photo-4x.png", printed: /24 x 18 -> 96 x 72, model tad-sr-s1.* 1 step,/ }],
  [/--steps 4/, { file: "four-steps.png", printed: /model realsr-s15.* 4 steps, ancestral/ }],
  [/faceir-s4$/, { file: "face-2x.png", printed: /model faceir-s4.* 4 steps/ }],
  [/^tadsr convert.*tad-sr\//, { file: "tad-sr/model.json", printed: /tad-sr.*1 step/ }],
  [/--model tad-sr /, { file: "corrected.png", printed: /wavelet/ }],
  [/^tadsr convert.*safetensors$/, { file: "TAD-SR.safetensors", printed: /every number as it was/ }],
  [/^tadsr export.*chain\.onnx/, { file: "chain.onnx", printed: /chain, size 64x64, float32, opset 20/ }],
  [/^tadsr export.*decoder\.onnx/, { file: "decoder.onnx", printed: /decoder, size any, float32/ }],
  [/^tadsr random-weights/, { file: "weights/TAD-SR.pth", printed: /random numbers/ }],
];

test("README.md has commands, and each has a result here", () => {
  expect(lines).toHaveLength(RESULTS.length);
});

test.each(lines)("%s", async (line) => {
  const { shell, out, err } = memoryShell(folder);
  const [, result] = RESULTS.find(([pattern]) => pattern.test(line)) ?? [];
  const [script = "", ...rest] = line.split(" ");
  const words = script === "tadsr" ? rest : [script, ...rest, "--runtime", "onnx"];
  const code =
    words[0] === "random-weights"
      ? // The published model's own files would be 700 MB.
        right(
          await runRandomWeights(
            shell,
            { model: "tad-sr-s1", out: "weights/", seed: 0, dtype: "F32" },
            tinyNetworks,
          )(),
        )
      : await run(shell, words);
  expect({ code, err: err() }).toMatchObject({ code: 0 });
  expect(out()).toMatch(result?.printed ?? /^$/);
  if (result?.file !== undefined) expect(existsSync(at(result.file))).toBe(true);
});

test("a converted file is recognised as the same network: the sizes of its masks are kept", async () => {
  const told = async (file: string) => {
    const { shell, out } = memoryShell(folder);
    expect(await run(shell, ["inspect", file, "--json"])).toBe(0);
    const { takenFor, tensors } = JSON.parse(out());
    return { takenFor, buffers: tensors.filter(({ isBuffer }: { isBuffer: boolean }) => isBuffer) };
  };
  const [before, after] = [await told("TAD-SR.pth"), await told("TAD-SR.safetensors")];
  expect(before.buffers.length).toBeGreaterThan(0);
  expect(before.takenFor.assumed).not.toContain("imageSize");
  expect(after).toEqual(before);
});
