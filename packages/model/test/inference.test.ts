import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openCheckpoint } from "@tadsr/files";
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import {
  type Architecture,
  inferArchitecture,
  type PictureNetworkConfig,
  publishedModels,
  publishedPictureNetworks,
  readVqAutoencoderConfig,
  swinUNetConfigOf,
  vqF4,
  vqF8Face,
} from "../src/index.ts";
import type { SwinUNetConfig } from "../src/networks/swin-unet-config.ts";
import {
  discriminatorConfig,
  inferred,
  pictureConfig,
  refusal,
  residualConfig,
  type Shapes,
  shapesOf,
  stackConfig,
  swinConfig,
  vqConfig,
  withBuffers,
} from "./architectures.ts";
import { tinyResidualUNet, tinyStack } from "./fixtures.ts";
import { paperFixtures } from "./paper-fixtures.ts";

const shapesIn = async (file: string): Promise<Shapes> => {
  const opened = await openCheckpoint(file)();
  if (E.isLeft(opened)) throw new Error(opened.left.message);
  const [group] = opened.right.groups;
  await opened.right.close();
  return new Map([...(group?.entries.values() ?? [])].map(({ name, shape }) => [name, shape]));
};

const folder = paperFixtures();

describe("the authors' files", () => {
  const configIn = async (entry: string): Promise<Readonly<Record<string, unknown>>> =>
    JSON.parse(await readFile(join(folder(), "manifest.json"), "utf8"))[entry].config;

  it.each([
    ["unet_a", "unet_a.pth"],
    ["unet_a", "student.pth"],
    ["unet_face", "unet_face.pth"],
  ])("tell the UNet of %s by the shapes in %s, including masks", async (entry, file) => {
    const expected = swinUNetConfigOf("manifest.json", await configIn(entry));
    const { kind, config, assumed } = inferred(await shapesIn(join(folder(), file)));
    expect({ kind, config: E.right(config) }).toEqual({ kind: "swin-unet", config: expected });
    // A latent with another number of channels than the prediction, and windows wider than every level.
    expect(assumed).toEqual(entry === "unet_a" ? ["latentChannels"] : ["swin.window"]);
  });

  it("tell the autoencoder", async () => {
    const expected = readVqAutoencoderConfig("manifest.json", await configIn("vq_f8_face"));
    const { kind, config, assumed } = inferred(await shapesIn(join(folder(), "vq_f8_face.legacy.pth")));
    expect({ kind, config: E.right(config), assumed }).toEqual({
      kind: "vq-autoencoder",
      config: expected,
      assumed: [],
    });
  });

  it("tell the discriminator", async () => {
    expect(inferred(await shapesIn(join(folder(), "discriminator.pth")))).toEqual({
      kind: "discriminator",
      config: {
        kind: "discriminator",
        channels: [32, 64, 64],
        timeFeatures: 32,
        outputs: 8,
        timeAware: true,
      },
      assumed: ["strides"],
    });
  });

  it("would tell the published networks", () => {
    for (const { network } of Object.values(publishedModels)) {
      const { config, assumed } = inferred(withBuffers(network));
      expect(config).toEqual(network);
      expect(assumed).toEqual(network.condition?.size === network.imageSize ? ["latentChannels"] : []);
    }
  });
});

describe("inferArchitecture", () => {
  it("gives back the configuration of any VQ autoencoder", () => {
    fc.assert(
      fc.property(vqConfig, (config) => {
        const architecture: Architecture = { kind: "vq-autoencoder", config, assumed: [] };
        expect(inferred(shapesOf(architecture))).toEqual(architecture);
      }),
    );
    for (const config of [vqF4, vqF8Face])
      expect(inferred(shapesOf({ kind: "vq-autoencoder", config, assumed: [] })).config).toEqual(config);
  });

  it("gives back the configuration of any residual UNet", () => {
    fc.assert(
      fc.property(residualConfig, (config) => {
        const architecture: Architecture = { kind: "residual-unet", config, assumed: [] };
        expect(inferred(shapesOf(architecture))).toEqual(architecture);
      }),
    );
  });

  it("gives back the configuration of any stack", () => {
    fc.assert(
      fc.property(stackConfig, (config) => {
        const architecture: Architecture = { kind: "stack", config, assumed: [] };
        expect(inferred(shapesOf(architecture))).toEqual(architecture);
      }),
    );
  });

  it("gives back the configuration of any network of Real-ESRGAN's", () => {
    fc.assert(
      fc.property(pictureConfig, (config) => {
        const architecture = { kind: config.kind, config, assumed: [] } as Architecture;
        expect(inferred(shapesOf(architecture))).toEqual(architecture);
      }),
    );
    for (const config of Object.values(publishedPictureNetworks))
      expect(inferred(shapesOf({ kind: config.kind, config, assumed: [] } as Architecture)).config).toEqual(
        config,
      );
  });

  it("refuses an incomplete network of Real-ESRGAN's, in one line", () => {
    const changed = (config: PictureNetworkConfig, change: (shapes: Shapes) => void): string => {
      const shapes = shapesOf({ kind: config.kind, config, assumed: [] } as Architecture);
      change(shapes);
      return refusal(shapes).replace("x.pth: taken for ", "");
    };
    const { "realesr-general-x4v3": general, RealESRGAN_x4plus: large } = publishedPictureNetworks;
    // ReLU or LeakyReLU in place of PReLU.
    expect(changed(general, (shapes) => shapes.delete("body.1.weight"))).toBe(
      'a srvgg, but "body.1.weight" [64] is missing',
    );
    expect(changed(general, (shapes) => shapes.set("body.66.weight", [40, 64, 3, 3]))).toMatch(
      /^a srvgg, but factor .*found \[3\.65.*expected whole numbers above 0$/,
    );
    expect(changed(general, (shapes) => shapes.set("body.67.weight", [64]))).toBe(
      'a srvgg, but "body.67.weight" is not a parameter of the network',
    );
    expect(refusal(new Map([["body.0.weight", [64, 3, 3, 3]]]))).toBe(
      'x.pth: taken for a srvgg, but found no convolution after "body.0.weight"',
    );
    expect(changed(large, (shapes) => shapes.delete("body.22.rdb3.conv5.bias"))).toBe(
      'a rrdb, but "body.22.rdb3.conv5.bias" [64] is missing',
    );
    expect(changed(large, (shapes) => shapes.set("conv_first.weight", [64, 4, 3, 3]))).toBe(
      'a rrdb, but "conv_first.weight": found 4 inputs, expected 3, 12 or 48 (factors 4, 2, 1)',
    );
    expect(changed(large, (shapes) => shapes.set("conv_last.weight", [4, 64, 3, 3]))).toBe(
      'a rrdb, but "conv_last.weight": found shape [4, 64, 3, 3], expected [3, 64, 3, 3]',
    );
    // SwinIR has a convolution of that name, too.
    expect(refusal(new Map([["conv_first.weight", [180, 3, 3, 3]]]))).toBe(
      'x.pth: taken for a rrdb, but "body.0.rdb1.conv1.weight" is missing',
    );
  });

  it("gives back the configuration of any discriminator, except what its shapes do not tell", () => {
    fc.assert(
      fc.property(discriminatorConfig, (config) => {
        const shapes = shapesOf({ kind: "discriminator", config, assumed: [] });
        const options = config.timeAware ? {} : { timeFeatures: config.timeFeatures };
        const strides = config.channels.map((_, i) => 2 ** i);
        expect(inferred(shapes, options)).toEqual({ kind: "discriminator", config, assumed: ["strides"] });
        expect(inferred(shapes, { ...options, strides })).toEqual({
          kind: "discriminator",
          config: { ...config, strides },
          assumed: [],
        });
      }),
    );
  });

  it("gives back the configuration of any UNet with Swin layers from the authors' files, including masks", () => {
    fc.assert(
      fc.property(swinConfig, (config) => {
        const { condition, swin, imageSize } = config;
        const { assumed, ...architecture } = inferred(withBuffers(config), { window: swin.window });
        const isPyramid = condition !== null && condition.size > imageSize;
        expect(architecture).toEqual({ kind: "swin-unet", config });
        expect(assumed.filter((field) => field !== "imageSize")).toEqual(isPyramid ? [] : ["latentChannels"]);
      }),
    );
  });

  it("needs the image size as an option if the masks are missing", () => {
    fc.assert(
      fc.property(swinConfig, (config) => {
        const { swin, imageSize } = config;
        const shapes = shapesOf({ kind: "swin-unet", config, assumed: [] });
        expect(inferred(shapes, { imageSize, window: swin.window }).config).toEqual(config);
        // Whatever is assumed instead, the network has the same tensors.
        expect(shapesOf(inferred(shapes))).toEqual(shapes);
      }),
    );
  });

  it("says what is assumed if no mask or smaller window tells the size", () => {
    const [config] = fc.sample(swinConfig, { seed: 1, numRuns: 1 });
    if (config === undefined) throw new Error("no sample");
    const plain: SwinUNetConfig = {
      ...config,
      imageSize: 16,
      multipliers: [1, 2],
      blocks: [1, 1],
      swin: { ...config.swin, resolutions: [16, 8], window: 8 },
      condition: { channels: 3, size: 16 },
    };
    const stripped = inferred(shapesOf({ kind: "swin-unet", config: plain, assumed: [] }));
    expect(stripped.assumed).toEqual(["imageSize", "latentChannels"]);
    expect(stripped.config).toMatchObject({ imageSize: 64, swin: { resolutions: [64, 32], window: 8 } });
    const whole = inferred(withBuffers(plain));
    expect(whole.assumed).toEqual(["latentChannels"]);
    expect(whole.config).toEqual(plain);
  });

  it("refuses what is not a network, or an incomplete one, in one line that names the tensor", () => {
    const whole = (): Shapes => shapesOf({ kind: "vq-autoencoder", config: vqF8Face, assumed: [] });
    const changed = (change: (shapes: Shapes) => void): string => {
      const shapes = whole();
      change(shapes);
      return refusal(shapes);
    };
    expect(refusal(new Map())).toMatch(/^x\.pth: found no tensors, expected those of a known network/);
    expect(refusal(new Map([["conv1.weight", [64, 3, 7, 7]]]))).toMatch(/such as "conv1\.weight", expected/);
    expect(changed((shapes) => shapes.delete("decoder.conv_out.weight"))).toBe(
      'x.pth: taken for a vq-autoencoder, but "decoder.conv_out.weight" is missing',
    );
    expect(changed((shapes) => shapes.delete("decoder.mid.attn_1.k.bias"))).toBe(
      'x.pth: taken for a vq-autoencoder, but "decoder.mid.attn_1.k.bias" [512] is missing',
    );
    expect(changed((shapes) => shapes.set("decoder.mid.attn_1.k.bias", [511]))).toBe(
      'x.pth: taken for a vq-autoencoder, but "decoder.mid.attn_1.k.bias": found shape [511], expected [512]',
    );
    expect(changed((shapes) => shapes.set("loss.logvar", []))).toBe(
      'x.pth: taken for a vq-autoencoder, but "loss.logvar" is not a parameter of the network',
    );
    expect(changed((shapes) => shapes.set("encoder.conv_in.weight", [30, 3, 3, 3]))).toBe(
      "x.pth: taken for a vq-autoencoder, but channels: found 30, expected a multiple of 32",
    );
    expect(changed((shapes) => shapes.set("quantize.embedding.weight", [4096]))).toBe(
      'x.pth: taken for a vq-autoencoder, but "quantize.embedding.weight" has too few axes',
    );
  });

  it("refuses a hundred thousand levels at once", () => {
    const many = (name: (level: number) => string, shape: readonly number[]): [string, readonly number[]][] =>
      Array.from({ length: 100_000 }, (_, level) => [name(level), shape]);
    const residual = shapesOf({ kind: "residual-unet", config: tinyResidualUNet, assumed: [] });
    expect(refusal(new Map([...residual, ...many((level) => `shrink.${level}.weight`, [6, 4, 3, 3])]))).toBe(
      "x.pth: taken for a residual-unet, but found 100001 levels, expected at most 32",
    );
    const stacked = shapesOf({ kind: "stack", config: tinyStack, assumed: [] });
    const first = (block: number): string => `blocks.${block}.conv1.weight`;
    expect(refusal(new Map([...stacked, ...many(first, [4, 4, 3, 3])]))).toMatch(/100000 blocks/);
    const general = publishedPictureNetworks["realesr-general-x4v3"];
    const srvgg = shapesOf({ kind: "srvgg", config: general, assumed: [] } as Architecture);
    const body = (level: number): string => `body.${2 * level}.weight`;
    expect(refusal(new Map([...many(body, [64, 64, 3, 3]), ...srvgg]))).toMatch(/found 99998 convolutions/);
    const large = publishedPictureNetworks.RealESRGAN_x4plus;
    const rrdb = shapesOf({ kind: "rrdb", config: large, assumed: [] } as Architecture);
    const block = (level: number): string => `body.${level}.rdb1.conv1.weight`;
    expect(refusal(new Map([...rrdb, ...many(block, [32, 64, 3, 3])]))).toMatch(/found 100000 blocks/);
    const autoencoder = shapesOf({ kind: "vq-autoencoder", config: vqF4, assumed: [] });
    const conv1 = (level: number): string => `encoder.down.${level}.block.0.conv1.weight`;
    expect(refusal(new Map([...autoencoder, ...many(conv1, [128, 128, 3, 3])]))).toMatch(/100000 levels/);
    const unet = withBuffers(publishedModels["realsr-s15"].network);
    const op = (level: number): string => `input_blocks.${level + 1}.0.op.weight`;
    expect(refusal(new Map([...unet, ...many(op, [160, 160, 3, 3])]))).toMatch(
      /^x\.pth: taken for a swin-unet/,
    );
  });

  it("never throws, whichever shapes are wrong, and gives only a network with exactly these tensors", () => {
    const spoilt = fc.oneof(
      fc.constant(null),
      fc.array(fc.oneof(fc.nat(9), fc.constantFrom(0, -1, 0.5, Number.NaN, 2 ** 53)), { maxLength: 5 }),
    );
    const networks: readonly fc.Arbitrary<Architecture>[] = [
      vqConfig.map((config) => ({ kind: "vq-autoencoder", config, assumed: [] })),
      residualConfig.map((config) => ({ kind: "residual-unet", config, assumed: [] })),
      stackConfig.map((config) => ({ kind: "stack", config, assumed: [] })),
      discriminatorConfig.map((config) => ({ kind: "discriminator", config, assumed: [] })),
      swinConfig.map((config) => ({ kind: "swin-unet", config, assumed: [] })),
      pictureConfig.map((config) => ({ kind: config.kind, config, assumed: [] }) as Architecture),
    ];
    fc.assert(
      fc.property(fc.oneof(...networks), fc.nat(), spoilt, (architecture, place, shape) => {
        const shapes = shapesOf(architecture);
        const name = [...shapes.keys()][place % shapes.size] ?? "";
        if (shape === null) shapes.delete(name);
        else shapes.set(name, shape);
        const result = inferArchitecture(shapes);
        if (E.isRight(result)) expect(shapesOf(result.right)).toEqual(shapes);
        else expect(result.left.message).not.toContain("\n");
      }),
      { numRuns: 400 },
    );
  });
});
