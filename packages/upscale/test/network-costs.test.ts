import { pictureNetwork, publishedModels, publishedPictureNetworks, type Size } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { type CostFigures, costFigures, networkCosts } from "../src/index.ts";

const figures = (model: Parameters<typeof networkCosts>[0], width = 64, height = 64) => {
  const costs = networkCosts(model, { width, height });
  if (E.isLeft(costs)) throw new Error(costs.left.message);
  return costs.right.map(costFigures);
};

const ofPictures = (name: keyof typeof publishedPictureNetworks, ...size: number[]): CostFigures => {
  const [network] = figures(pictureNetwork(publishedPictureNetworks[name]), ...size);
  if (network === undefined) throw new Error("no network");
  return network;
};

describe("the cost of a model's networks", () => {
  it("has the published parameters, and the layers' operations for 64 -> 256 within 2 % of the count", () => {
    const parts = figures(publishedModels["realsr-s15"]);
    expect(parts.map(({ part }) => part)).toEqual([
      ...["UNet, one step", "VQ encoder", "VQ quantiser and decoder"],
    ]);
    const [unet, encoder, decoder] = parts.map(({ parameters }) => parameters);
    expect(unet).toBe(118_593_583);
    expect((encoder ?? 0) + (decoder ?? 0)).toBe(55_322_782);
    // Counted on the authors' networks.
    for (const [i, counted] of [100.2, 310.9, 636.2].entries())
      expect(Math.abs((parts[i]?.layers ?? 0) / 1e9 / counted - 1)).toBeLessThan(0.02);
  });

  it("is that of Real-ESRGAN's networks at any size that they take", () => {
    // Each of 3 -> 64, 32 times 64 -> 64 and 64 -> 48 has 9 taps, a product and a sum, and a bias.
    const perPixel = 9 * 2 * (3 * 64 + 32 * 64 * 64 + 64 * 48) + 33 * 64 + 48;
    const general = ofPictures("realesr-general-x4v3", 17, 5);
    expect(general).toMatchObject({ parameters: 1_213_296, layers: 17 * 5 * perPixel, attention: 0 });
    expect(general.layers + general.others).toBe(general.flops);
    const [x4, x2] = [ofPictures("RealESRGAN_x4plus"), ofPictures("RealESRGAN_x2plus")];
    expect(x4.parameters).toBe(16_697_987);
    // For a quarter of the pixels, except for the first convolution.
    expect(x2.layers / x4.layers).toBeCloseTo(0.25, 3);
  });

  it.each<[string, Parameters<typeof networkCosts>[0], Size, object]>([
    [
      "a published model",
      publishedModels["realsr-s15"],
      { width: 65, height: 64 },
      { multiple: 64, message: "65x64: pictures are padded to multiples of 64; give such a size" },
    ],
    [
      "a network that folds pixels",
      pictureNetwork(publishedPictureNetworks.RealESRGAN_x2plus),
      { width: 64, height: 65 },
      { multiple: 2, message: "64x65: pictures are padded to multiples of 2; give such a size" },
    ],
  ])("is refused at other sizes: %s", (_name, model, size, left) => {
    expect(networkCosts(model, size)).toMatchObject({ left: { _tag: "NotPadded", size, ...left } });
  });
});
