import { type NdArray, normal, referenceEngine } from "@tadsr/core";
import { describe, expect, it } from "vitest";
import { bicubicLatentKernel, bicubicResize, latentOfPixels } from "../src/index.ts";

describe("bicubic upsampling as a convolution", () => {
  it.each([2, 3, 4])("is the latent of the resized picture, factor %i", async (factor) => {
    const [height, width] = [5, 7];
    const data = new Float32Array(normal({ seed: 3, stream: 0 }, 0, height * width * 3));
    const { algebra, upload, download } = referenceEngine;
    const clamp = (place: number, most: number): number => Math.min(most, Math.max(0, place));
    const [high, wide] = [height + 4, width + 4];
    const padded: NdArray = {
      shape: [1, high, wide, 3],
      data: Float32Array.from({ length: high * wide * 3 }, (_, i) => {
        const [row, column] = [Math.floor(i / 3 / wide) - 2, (Math.floor(i / 3) % wide) - 2];
        return data[(clamp(row, height - 1) * width + clamp(column, width - 1)) * 3 + (i % 3)] as number;
      }),
    };
    const none = { top: 0, bottom: 0, left: 0, right: 0 };
    const kernel = upload("convolution", bicubicLatentKernel(factor));
    const found = algebra.conv2d(upload("image", padded), kernel, null, { stride: 1, padding: none });
    const source = { width, height, channels: 3, data };
    const expected = latentOfPixels(bicubicResize(source, height * factor, width * factor), factor);
    const got = await download("image", found);
    expect(got.shape).toEqual(expected.shape);
    for (let i = 0; i < expected.data.length; i++)
      expect(Math.abs((got.data[i] as number) - (expected.data[i] as number))).toBeLessThan(2e-6);
  });
});
