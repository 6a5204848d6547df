/** SRVGGNetCompact and RRDBNet by themselves. The repository's tests compare them with ncnn. */
import {
  elements,
  type NdArray,
  type ReferenceTensor,
  referenceAlgebra,
  referenceEngine,
  uniform,
} from "@tadsr/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type HostWeights,
  type PictureNetwork,
  type PictureNetworkConfig,
  parameterCount,
  pictureField,
  pictureNetwork,
  publishedPictureNetworks,
  receptiveFieldOfPictures,
  uploadWeights,
} from "../src/index.ts";
import { pictureWeights } from "./picture-weights.ts";

const drawn = (height: number, width: number, batch = 1): NdArray => ({
  shape: [batch, height, width, 3],
  data: uniform({ seed: 4, stream: 0 }, 0, batch * height * width * 3),
});

const run = (network: PictureNetwork, image: NdArray, weights: HostWeights = pictureWeights(network)) =>
  network.run(referenceAlgebra)(
    uploadWeights(referenceEngine, network.parameters, weights),
    referenceEngine.upload("image", image),
  );

const srvgg = (factor: number): PictureNetworkConfig => ({
  kind: "srvgg",
  channels: 5,
  convolutions: 2,
  factor,
});

const rrdb = (factor: number): PictureNetworkConfig => ({
  kind: "rrdb",
  channels: 4,
  growth: 3,
  blocks: 1,
  factor,
});

const zeros = ({ parameters }: PictureNetwork): HostWeights =>
  Object.fromEntries(
    parameters.map(({ name, shape }) => [name, { shape, data: new Float32Array(elements(shape)) }]),
  );

describe("the published networks", () => {
  it.each([
    ["realesr-general-x4v3", 1_213_296],
    ["realesr-animevideov3", 621_424],
    ["RealESRGAN_x4plus", 16_697_987],
    ["RealESRGAN_x2plus", 16_703_171],
    ["RealESRGAN_x4plus_anime_6B", 4_467_779],
  ] as const)("%s has as many numbers as its file", (name, count) => {
    expect(parameterCount(pictureNetwork(publishedPictureNetworks[name]).parameters)).toBe(count);
  });

  it("have PyTorch's names, in its order", () => {
    const names = (config: PictureNetworkConfig): readonly string[] =>
      pictureNetwork(config).parameters.map(({ name }) => name);
    expect(names({ kind: "srvgg", channels: 2, convolutions: 1, factor: 2 })).toEqual([
      ...["body.0.weight", "body.0.bias", "body.1.weight", "body.2.weight", "body.2.bias"],
      ...["body.3.weight", "body.4.weight", "body.4.bias"],
    ]);
    const ofRrdb = names(rrdb(4)).filter((name) => name.endsWith(".weight"));
    expect(ofRrdb.slice(0, 7)).toEqual([
      ...["conv_first.weight", "body.0.rdb1.conv1.weight", "body.0.rdb1.conv2.weight"],
      ...["body.0.rdb1.conv3.weight", "body.0.rdb1.conv4.weight", "body.0.rdb1.conv5.weight"],
      "body.0.rdb2.conv1.weight",
    ]);
    expect(ofRrdb.slice(-5)).toEqual(
      ["conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last"].map((name) => `${name}.weight`),
    );
  });

  it("see 34 pixels, or 349; tiles read no more than makes a difference", () => {
    const fieldOf = (name: keyof typeof publishedPictureNetworks) => {
      const network = pictureNetwork(publishedPictureNetworks[name]);
      return [receptiveFieldOfPictures(network), pictureField(network)];
    };
    const general = { margin: 34, alignment: 1 };
    expect(fieldOf("realesr-general-x4v3")).toEqual([general, general]);
    expect(fieldOf("RealESRGAN_x4plus")).toEqual([
      { margin: 349, alignment: 1 },
      { margin: 128, alignment: 1 },
    ]);
    expect(fieldOf("RealESRGAN_x2plus")).toEqual([
      { margin: 698, alignment: 2 },
      { margin: 256, alignment: 2 },
    ]);
  });
});

describe("srvgg", () => {
  it("adds nothing to the repeated pixels if its weights are zeros", () => {
    for (const factor of [1, 2, 3, 4]) {
      const [image, network] = [drawn(3, 2, 2), pictureNetwork(srvgg(factor))];
      const repeated = referenceAlgebra.upsampleNearest(referenceEngine.upload("image", image), factor);
      expect(run(network, image, zeros(network))).toEqual(repeated);
    }
  });

  it("has its last channels as the pixels of the result: colour, then row, then column", () => {
    const network = pictureNetwork(srvgg(2));
    const bias = { shape: [12], data: Float32Array.from({ length: 12 }, (_, i) => i) };
    const { shape, data } = run(
      network,
      { shape: [1, 1, 1, 3], data: Float32Array.of(100, 200, 300) },
      { ...zeros(network), "body.6.bias": bias },
    );
    expect(shape).toEqual([1, 2, 2, 3]);
    expect([...data]).toEqual([100, 204, 308, 101, 205, 309, 102, 206, 310, 103, 207, 311]);
  });

  it("is linear if every slope is one", () => {
    const network = pictureNetwork(srvgg(2));
    const weights = Object.fromEntries(
      Object.entries(pictureWeights(network)).map(([name, { shape, data }]) => [
        name,
        // Slopes are the only vectors that are not biases.
        name.endsWith(".bias")
          ? { shape, data: data.map(() => 0) }
          : { shape, data: shape.length === 1 ? data.map(() => 1) : data },
      ]),
    );
    const image = drawn(4, 5);
    const { data } = run(network, image, weights);
    const twice = run(network, { ...image, data: image.data.map((x) => -2 * x) as Float64Array }, weights);
    data.forEach((x, i) => {
      expect(twice.data[i]).toBeCloseTo(-2 * x, 10);
    });
  });
});

describe("rrdb", () => {
  it.each([4, 2, 1])("makes pictures %i times larger", (factor) => {
    const network = pictureNetwork(rrdb(factor));
    const { alignment } = receptiveFieldOfPictures(network);
    expect(alignment).toBe(4 / factor);
    const [h, w] = [2 * alignment, alignment];
    expect(run(network, drawn(h, w, 2)).shape).toEqual([2, factor * h, factor * w, 3]);
    expect(network.factor).toBe(factor);
  });

  it("folds pixels into channels by colour, then row, then column, if the factor is 2", () => {
    const network = pictureNetwork(rrdb(2));
    const entered: ReferenceTensor[] = [];
    network.run({
      ...referenceAlgebra,
      conv2d: (image, ...rest) => {
        entered.push(image);
        return referenceAlgebra.conv2d(image, ...rest);
      },
    })(
      uploadWeights(referenceEngine, network.parameters, pictureWeights(network)),
      referenceEngine.upload("image", {
        shape: [1, 2, 2, 3],
        data: Float32Array.from({ length: 12 }, (_, i) => i),
      }),
    );
    expect([...(entered[0]?.data ?? [])]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  });

  it("keeps a fifth of each block's change", () => {
    // One channel; only each dense block's last bias is not zero, so that a block's input grows by it.
    const network = pictureNetwork({ kind: "rrdb", channels: 1, growth: 1, blocks: 2, factor: 4 });
    const ones = (name: string) => ({ [name]: { shape: [1], data: Float32Array.of(1) } });
    const features: number[] = [];
    network.run({
      ...referenceAlgebra,
      conv2d: (image, weight, bias, options) => {
        if (image.shape[3] === 1 && weight.shape[0] === 1) features.push(image.data[0] as number);
        return referenceAlgebra.conv2d(image, weight, bias, options);
      },
    })(
      uploadWeights(referenceEngine, network.parameters, {
        ...zeros(network),
        ...Object.assign({}, ...[1, 2, 3].map((i) => ones(`body.0.rdb${i}.conv5.bias`))),
      }),
      referenceEngine.upload("image", { shape: [1, 1, 1, 3], data: new Float32Array(3) }),
    );
    // The inputs of conv1 of the three dense blocks, and of the next block's.
    [0, 0.2, 0.4, 0.2 * 0.6].forEach((value, i) => {
      expect(features[i]).toBeCloseTo(value, 12);
    });
  });
});

describe("the receptive field", () => {
  /** How far to both sides a change of a column of the picture goes, in the picture's pixels. */
  const reachOf = (network: PictureNetwork, width: number, column: number): readonly [number, number] => {
    const image = drawn(2 * receptiveFieldOfPictures(network).alignment, width);
    const changed = {
      ...image,
      data: image.data.map((x, i) => (Math.floor(i / 3) % width === column ? 1 - x : x)) as Float64Array,
    };
    const [before, after] = [run(network, image), run(network, changed)];
    const wide = width * network.factor;
    const touched = [...before.data].flatMap((x, i) =>
      x === after.data[i] ? [] : [Math.floor((Math.floor(i / 3) % wide) / network.factor)],
    );
    return [column - Math.min(...touched), Math.max(...touched) - column];
  };

  it.each([srvgg(4), srvgg(3), rrdb(4), { ...rrdb(2), blocks: 0 }])("of %o is exact", (config) => {
    const network = pictureNetwork(config);
    const { margin, alignment } = receptiveFieldOfPictures(network);
    const width = (2 * margin + 4) * alignment;
    const middle = Math.floor(width / 2);
    const reaches = Array.from({ length: alignment }, (_, i) => reachOf(network, width, middle + i)).flat();
    expect(Math.max(...reaches)).toBe(margin);
  });

  /** The largest change of a result if the picture is cut this many pixels beside it. */
  const changeByCut = (network: PictureNetwork, margin: number): number => {
    const [height, width, cut] = [3, margin + 14, 10];
    const image = drawn(height, width);
    const part: NdArray = {
      shape: [1, height, width - cut, 3],
      data: image.data.filter((_, i) => Math.floor(i / 3) % width >= cut) as Float64Array,
    };
    const [whole, partly] = [run(network, image), run(network, part)];
    const [wide, narrow] = [width * network.factor, (width - cut) * network.factor];
    let change = 0;
    for (let row = 0; row < height * network.factor; row++)
      for (let i = 3 * margin * network.factor; i < 3 * narrow; i++) {
        const before = whole.data[row * 3 * wide + 3 * cut * network.factor + i] as number;
        change = Math.max(change, Math.abs(before - (partly.data[row * 3 * narrow + i] as number)));
      }
    return change;
  };

  const HALF_A_LEVEL = 0.5 / 255;

  it("of srvgg is the margin, so nothing changes; with a smaller margin something does", () => {
    const network = pictureNetwork(srvgg(4));
    const { margin } = pictureField(network);
    expect(changeByCut(network, margin)).toBe(0);
    expect(changeByCut(network, margin - 1)).toBeGreaterThan(0);
  });

  it("of rrdb, which is wider than the margin, changes less than half a level beyond it", () => {
    const network = pictureNetwork({ ...rrdb(4), blocks: 9 } as PictureNetworkConfig);
    const { margin } = pictureField(network);
    expect(receptiveFieldOfPictures(network).margin).toBeGreaterThan(margin);
    expect(changeByCut(network, margin)).toBeLessThan(HALF_A_LEVEL);
    expect(changeByCut(network, 2)).toBeGreaterThan(HALF_A_LEVEL);
  });
});

it("networks give the same for a batch as for each of its pictures", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(srvgg(2), rrdb(4), rrdb(1)),
      fc.integer({ min: 1, max: 3 }),
      (config, batch) => {
        const network = pictureNetwork(config);
        const images = drawn(4, 4, batch);
        const { data } = run(network, images);
        const each = Array.from({ length: batch }, (_, n) =>
          run(network, {
            shape: [1, 4, 4, 3],
            data: images.data.slice(n * 48, (n + 1) * 48) as Float64Array,
          }),
        );
        expect(data).toEqual(Float64Array.from(each.flatMap((one) => [...one.data])));
      },
    ),
    { numRuns: 6 },
  );
});
