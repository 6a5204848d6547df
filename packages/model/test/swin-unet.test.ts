import { elements, normal, type ReferenceTensor, referenceAlgebra, referenceEngine } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import {
  checkSwinUNetConfig,
  initialWeights,
  isBuffer,
  parameterCount,
  publishedModels,
  realWorldUNet,
  type SwinUNetConfig,
  swinUNet,
  swinUNetConfigOf,
} from "../src/index.ts";

/** As small as 32 groups allow, with everything: uneven blocks, a shift, windows that shrink, a pyramid. */
const small: SwinUNetConfig = {
  kind: "swin-unet",
  latentChannels: 2,
  outputChannels: 2,
  imageSize: 8,
  channels: 32,
  multipliers: [1, 2],
  blocks: [1, 2],
  scaleShift: true,
  swin: {
    resolutions: [8, 4],
    depth: 2,
    channels: 32,
    headChannels: 16,
    window: 4,
    mlpRatio: 1,
    edges: "wrapped",
  },
  condition: { channels: 3, size: 16 },
};

const noise = (stream: number, shape: readonly number[]): ReferenceTensor => {
  const count = elements(shape);
  return { shape, data: normal({ seed: 3, stream }, 0, count) };
};

const weightsOf = (config: SwinUNetConfig): Readonly<Record<string, ReferenceTensor>> => {
  const network = swinUNet(config);
  const weights = initialWeights(network.parameters, { seed: 1 });
  return Object.fromEntries(
    network.parameters.map(({ name, kind, shape }) => [
      name,
      referenceEngine.upload(kind, weights[name] ?? { shape, data: new Float64Array(0) }),
    ]),
  );
};

const inputsOf = (config: SwinUNetConfig, batch = 1, [height, width] = [8, 8]) => {
  const factor = config.condition === null ? 1 : config.condition.size / config.imageSize;
  const time = swinUNet(config).timeFeatures(5, batch);
  return {
    input: noise(1, [batch, height ?? 0, width ?? 0, config.latentChannels]),
    condition: noise(2, [batch, (height ?? 0) * factor, (width ?? 0) * factor, 3]),
    time: referenceEngine.upload("matrix", time),
  };
};

const runOf = (config: SwinUNetConfig, batch?: number, size?: readonly [number, number]) =>
  swinUNet(config).run(referenceAlgebra)(weightsOf(config), inputsOf(config, batch, size && [...size]));

describe("the UNet with Swin layers", () => {
  it("has 118 593 583 parameters in the real-world configuration", () => {
    expect(parameterCount(swinUNet(realWorldUNet).parameters)).toBe(118_593_583);
  });

  it("shows a discriminator the halvings, the last step down and the middle", () => {
    const { channels, strides } = swinUNet(realWorldUNet).encoder;
    expect(channels).toEqual([160, 320, 320, 640, 640]);
    expect(strides).toEqual([2, 4, 8, 8, 8]);
  });

  it("gives feature maps of the channels and strides that it declares", () => {
    const { encoder } = swinUNet(small);
    const maps = encoder.run(referenceAlgebra)(weightsOf(small), inputsOf(small));
    expect(maps.map(({ shape }) => shape)).toEqual(
      encoder.channels.map((channels, i) => {
        const side = 8 / (encoder.strides[i] ?? 0);
        return [1, side, side, channels];
      }),
    );
  });

  it.each([
    ["as it is", small],
    ["without a condition", { ...small, condition: null }],
    ["with a condition of the latent's size", { ...small, condition: { channels: 3, size: 8 } }],
    ["with a time that is added", { ...small, scaleShift: false }],
    ["with one level", { ...small, multipliers: [1], blocks: [3] }],
    ["without blocks on a level", { ...small, blocks: [1, 0] }],
    ["without a Swin layer but in the middle", { ...small, swin: { ...small.swin, resolutions: [] } }],
    ["with other channels out than in", { ...small, outputChannels: 5 }],
  ])("reads every parameter that it declares and no other, %s", (_, config: SwinUNetConfig) => {
    const read = new Set<string>();
    const watched = new Proxy(weightsOf(config), {
      get: (target, name) => {
        read.add(String(name));
        return Reflect.get(target, name);
      },
    });
    const result = swinUNet(config).run(referenceAlgebra)(watched, inputsOf(config));
    expect(result.shape).toEqual([1, 8, 8, config.outputChannels]);
    expect([...read].sort()).toEqual(
      swinUNet(config)
        .parameters.map(({ name }) => name)
        .sort(),
    );
  });

  it("runs on sizes that are no multiple of the window, and keeps samples separate", () => {
    const one = runOf(small, 1, [6, 10]);
    const two = runOf(small, 2, [6, 10]);
    expect(two.shape).toEqual([2, 6, 10, 2]);
    one.data.forEach((number, i) => {
      expect(two.data[i]).toBeCloseTo(number, 10);
    });
  });

  it("depends on the time, on the condition and on the edges of its windows", () => {
    const { data } = runOf(small);
    const network = swinUNet(small);
    const weights = weightsOf(small);
    const inputs = inputsOf(small);
    const later = referenceEngine.upload("matrix", network.timeFeatures(6, 1));
    expect(network.run(referenceAlgebra)(weights, { ...inputs, time: later }).data).not.toEqual(data);
    const condition = noise(9, inputs.condition.shape);
    expect(network.run(referenceAlgebra)(weights, { ...inputs, condition }).data).not.toEqual(data);
    expect(runOf({ ...small, swin: { ...small.swin, edges: "separate" } }).data).not.toEqual(data);
  });
});

describe("fresh weights of the UNet", () => {
  const weights = initialWeights(swinUNet(small).parameters, { seed: 7 });
  const numbers = (name: string): readonly number[] => [...(weights[name]?.data ?? [])];
  const deviation = (values: readonly number[]): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

  it("let norms scale by one, and add small numbers for positions", () => {
    expect(new Set(numbers("out.0.weight"))).toEqual(new Set([1]));
    expect(new Set(numbers("out.0.bias"))).toEqual(new Set([0]));
    const table = numbers("middle_block.1.blocks.0.attn.relative_position_bias_table");
    expect(table.length).toBe(2 * 49);
    expect(deviation(table)).toBeGreaterThan(0.015);
    expect(deviation(table)).toBeLessThan(0.025);
  });
});

describe("the published models", () => {
  it.each(Object.entries(publishedModels))("%s: networks fit each other", (name, model) => {
    expect(model.name).toBe(name);
    expect(checkSwinUNetConfig(name, model.network)).toEqual(E.right(model.network));
    expect(model.network.latentChannels).toBe(model.autoencoder.latentChannels);
    expect(model.steps).toBeLessThanOrEqual(model.schedule.steps);
  });
});

describe("swinUNetConfigOf", () => {
  const record = {
    image_size: 64,
    in_channels: 3,
    model_channels: 160,
    out_channels: 3,
    attention_resolutions: [64, 32, 16, 8],
    channel_mult: [1, 2, 2, 4],
    num_res_blocks: 2,
    num_head_channels: 32,
    use_scale_shift_norm: true,
    swin_depth: 2,
    swin_embed_dim: 192,
    window_size: 8,
    mlp_ratio: 4,
    cond_lq: true,
    lq_size: 64,
    dims: 2,
    use_fp16: false,
    dropout: 0,
  };

  it("reads the authors' record, with one number of blocks for all levels", () => {
    expect(swinUNetConfigOf("a", record)).toEqual(E.right(realWorldUNet));
    expect(swinUNetConfigOf("a", { ...record, num_res_blocks: [2, 2, 2, 2] })).toEqual(
      E.right(realWorldUNet),
    );
  });

  it("reads a record from before lq_size, which counts lq among the input's channels", () => {
    expect(swinUNetConfigOf("a", { ...record, in_channels: 6, lq_size: undefined })).toEqual(
      E.right(realWorldUNet),
    );
  });

  it("uses the number of heads if their width is missing", () => {
    const heads = { ...record, num_head_channels: -1, num_heads: 6 };
    expect(swinUNetConfigOf("a", heads)).toEqual(E.right(realWorldUNet));
    const one = swinUNetConfigOf("a", { ...record, num_head_channels: undefined });
    expect(E.isRight(one) && one.right.swin.headChannels).toBe(192);
  });

  it("has no condition without cond_lq", () => {
    expect(swinUNetConfigOf("a", { ...record, cond_lq: false })).toEqual(
      E.right({ ...realWorldUNet, condition: null }),
    );
  });

  it.each([
    [{ image_size: undefined }, "a.json: image_size: found nothing, expected a whole number"],
    [{ channel_mult: "1,2" }, 'a.json: channel_mult: found "1,2", expected a list of numbers'],
    [{ dims: 3 }, "a.json: dims: found 3, expected 2, the only supported value"],
    [
      { resblock_updown: true },
      "a.json: resblock_updown: found true, expected false, the only supported value",
    ],
    [
      { num_res_blocks: [2, 2] },
      "a.json: num_res_blocks: found [2,2], expected one whole number for each of the 4 levels",
    ],
    [
      { lq_size: 96 },
      "a.json: lq_size: found 96, expected the nominal side of the latent, 64, times a power of two",
    ],
    [
      { lq_size: 32 },
      "a.json: lq_size: found 32, expected the nominal side of the latent, 64, times a power of two",
    ],
    [
      { num_head_channels: 33 },
      "a.json: num_head_channels: found 33, expected a divisor of the 192 channels inside",
    ],
    [{ model_channels: 100 }, "a.json: model_channels: found 100, expected a multiple of 32"],
  ])("refuses %o", (change, message) => {
    const result = swinUNetConfigOf("a.json", { ...record, ...change });
    expect(E.isLeft(result) && result.left.message).toBe(message);
  });
});

describe("isBuffer", () => {
  it("recognises the tensors in the authors' files that are not learned", () => {
    const block = "input_blocks.1.1.blocks.1";
    expect(isBuffer(`${block}.attn.relative_position_index`)).toBe(true);
    expect(isBuffer(`${block}.attn_mask`)).toBe(true);
    expect(isBuffer(`${block}.attn.relative_position_bias_table`)).toBe(false);
  });
});
