import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyDegradation,
  type BatchOptions,
  correlate,
  type Degradation,
  type DrawnDegradation,
  degradationPresets,
  degradeFully,
  degradePicture,
  drawnKernel,
  type FloatPicture,
  type FullDegradation,
  fromBytes,
  gaussianBlur,
  gaussianKernel,
  interpolate,
  type Photographs,
  placeOf,
  resize,
  sincKernel,
  throughJpeg,
  toBytes,
  trainingBatch,
} from "../src/index.ts";
import { bytesOf, flat, nothing, realesrgan, textured } from "./degradations.ts";

describe("the stages", () => {
  it("come in the order blur, resize, noise, JPEG, and the second round's sizes are the result's", async () => {
    const picture = textured(64, 48);
    const size = { width: 16, height: 12 };
    const blur = {
      shape: "anisotropic",
      side: 9,
      sigmaAlong: 2,
      sigmaAcross: 0.7,
      turn: 0.1,
      beta: 1,
    } as const;
    const noise = { kind: "gaussian", sigma: 1 / 255, grey: false, place: placeOf("noise", 1, 1) } as const;
    const once = await throughJpeg(
      await degradeFully(
        interpolate(correlate(picture, drawnKernel(blur)), { width: 32, height: 24 }, "bilinear"),
        { ...nothing, first: { ...nothing.first, noise } },
        { width: 32, height: 24 },
      ),
      70,
    );
    const twice = interpolate(correlate(once, sincKernel(7, 0.6)), { width: 20, height: 15 }, "bicubic");
    const expected = interpolate(twice, size, "area");
    const result = await degradeFully(
      picture,
      {
        ...nothing,
        first: { blur, resize: { factor: 0.5, filter: "bilinear" }, noise, jpeg: 70 },
        second: {
          blur: { shape: "sinc", side: 7, cutOff: 0.6 },
          resize: { factor: 1.25, filter: "bicubic" },
          noise: null,
        },
      },
      size,
    );
    expect(bytesOf(result)).toEqual(bytesOf(expected));
  });

  it("end with JPEG after resizing and sinc, or before them", async () => {
    const picture = textured(64, 64);
    const size = { width: 16, height: 16 };
    const sinc = { shape: "sinc", side: 7, cutOff: 0.5 } as const;
    const end = { filter: "bicubic", sinc, jpeg: 40 } as const;
    const last = (source: FloatPicture): FloatPicture =>
      correlate(interpolate(source, size, "bicubic"), sincKernel(7, 0.5));
    const jpegLast = await degradeFully(picture, { ...nothing, end: { ...end, jpegLast: true } }, size);
    const jpegFirst = await degradeFully(picture, { ...nothing, end: { ...end, jpegLast: false } }, size);
    expect(bytesOf(jpegLast)).toEqual(bytesOf(await throughJpeg(last(picture), 40)));
    expect(bytesOf(jpegFirst)).toEqual(bytesOf(last(await throughJpeg(picture, 40))));
    expect(bytesOf(jpegLast)).not.toEqual(bytesOf(jpegFirst));
  });

  it("clamp noise as it is added", async () => {
    const sigma = 0.2;
    const noise = { kind: "gaussian", sigma, grey: false, place: placeOf("noise", 1, 2) } as const;
    const parameters = { ...nothing, first: { ...nothing.first, noise } };
    const { data } = await degradeFully(flat(120, 1), parameters, { width: 1, height: 1 });
    // The mean of min(1, 1 + sigma z) is 1 - sigma / sqrt(2 pi).
    for (const value of data)
      expect(Math.abs(value - (1 - sigma / Math.sqrt(2 * Math.PI)))).toBeLessThan(0.008);
  });

  it("clamp before JPEG: a sinc kernel's overshoot is cut", async () => {
    const edge: FloatPicture = {
      width: 32,
      height: 32,
      data: Float32Array.from({ length: 3072 }, (_, i) => (Math.floor(i / 3) % 32 < 16 ? 0 : 1)),
    };
    const sinc = { shape: "sinc", side: 21, cutOff: 0.4 } as const;
    const ringing = correlate(edge, sincKernel(21, 0.4));
    expect(Math.max(...ringing.data)).toBeGreaterThan(1.05);
    const result = await degradeFully(
      edge,
      { ...nothing, end: { filter: "area", sinc, jpeg: 95, jpegLast: true } },
      { width: 32, height: 32 },
    );
    const clamped = { ...ringing, data: ringing.data.map((value) => Math.min(1, Math.max(0, value))) };
    expect(bytesOf(result)).toEqual(bytesOf(await throughJpeg(clamped, 95)));
  });

  it("widen their filters only if antialiasing is asked for", async () => {
    const stripes: FloatPicture = {
      width: 64,
      height: 64,
      data: Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => (Math.floor(i / 3) % 3 === 0 ? 1 : 0)),
    };
    const size = { width: 16, height: 16 };
    const end = { ...nothing.end, filter: "bicubic" } as const;
    const [aliased, smooth] = await Promise.all(
      [false, true].map((antialias) => degradeFully(stripes, { ...nothing, antialias, end }, size)),
    );
    expect(bytesOf(aliased as FloatPicture)).toEqual(bytesOf(interpolate(stripes, size, "bicubic")));
    expect(bytesOf(smooth as FloatPicture)).toEqual(bytesOf(resize(stripes, size, "bicubic")));
    const range = ({ data }: FloatPicture): number => Math.max(...data) - Math.min(...data);
    expect(range(aliased as FloatPicture)).toBeGreaterThan(2 * range(smooth as FloatPicture));
  });

  it("make original and result grey if asked", async () => {
    const picture = textured(24, 24);
    const drawn: DrawnDegradation = { kind: "full", ...nothing, grey: true };
    const { hr, lr } = await applyDegradation(picture, drawn, { width: 6, height: 6 });
    for (const { data } of [hr, lr])
      for (let i = 0; i < data.length; i += 3) {
        expect(data[i + 1]).toBe(data[i]);
        expect(data[i + 2]).toBe(data[i]);
      }
    const [red, green, blue] = picture.data;
    expect(hr.data[0]).toBeCloseTo(
      0.299 * (red as number) + 0.587 * (green as number) + 0.114 * (blue as number),
      2,
    );
    expect(bytesOf(lr)).toEqual(bytesOf(interpolate(hr, { width: 6, height: 6 }, "area")));
  });
});

describe("interpolation", () => {
  const row = [0, 0.9, 0.1, 0.4, 0.8, 0.3, 0.6];
  const line: FloatPicture = { width: 7, height: 1, data: Float32Array.from(row.flatMap((v) => [v, v, v])) };

  it("has PyTorch's values (torch.nn.functional.interpolate)", () => {
    for (const [width, filter, expected] of [
      [3, "bilinear", [0.6, 0.4, 0.4]],
      [3, "bicubic", [0.7055555556, 0.4, 0.3388888889]],
      [5, "bilinear", [0.18, 0.42, 0.4, 0.6, 0.54]],
      [5, "bicubic", [0.1776, 0.4428, 0.4, 0.6276, 0.5352]],
      [
        12,
        "bilinear",
        [0, 0.3375, 0.8625, 0.4666667, 0.1375, 0.3125, 0.5166667, 0.75, 0.5708333, 0.3125, 0.4875, 0.6],
      ],
      [
        12,
        "bicubic",
        [
          -0.0881348, 0.3770508, 0.8936957, 0.5090784, 0.0698242, 0.2388997, 0.5635815, 0.797168, 0.5881601,
          0.2954047, 0.4589355, 0.6293783,
        ],
      ],
    ] as const) {
      const { data } = interpolate(line, { width, height: 1 }, filter);
      for (const [x, value] of expected.entries()) expect(data[3 * x + 1]).toBeCloseTo(value, 6);
    }
  });

  it("keeps a constant picture, for every filter and any sizes", () => {
    const side = fc.integer({ min: 1, max: 23 });
    fc.assert(
      fc.property(
        fc.constantFrom("area", "bilinear", "bicubic"),
        side,
        side,
        side,
        side,
        (filter, w, h, width, height) => {
          const constant = { width: w, height: h, data: new Float32Array(3 * w * h).fill(0.3) };
          const result = interpolate(constant, { width, height }, filter as "area");
          expect([result.width, result.height, result.data.length]).toEqual([
            width,
            height,
            3 * width * height,
          ]);
          expect(Math.max(...result.data.map((value) => Math.abs(value - 0.3)))).toBeLessThan(1e-6);
        },
      ),
    );
  });
});

const presets = Object.entries(degradationPresets) as readonly (readonly [string, Degradation])[];

describe("every preset", () => {
  it.each(presets)(
    "gives 8-bit values of exactly the size asked for, also for tiny pictures: %s",
    async (_n, preset) => {
      for (const [width, height] of [
        [44, 36],
        [8, 20],
        [4, 4],
      ] as const)
        for (let key = 0; key < 8; key++) {
          const { hr, lr } = await degradePicture(textured(width, height), { seed: 3, key }, preset);
          const scale = preset.kind === "mix" ? 4 : preset.scale;
          expect([hr.width, hr.height, hr.data.length]).toEqual([width, height, 3 * width * height]);
          expect([lr.width, lr.height]).toEqual([width / scale, height / scale]);
          expect(lr.data.length).toBe(3 * lr.width * lr.height);
          expect(lr).toEqual(fromBytes(toBytes(lr)));
        }
    },
  );

  it.each(presets)("is a function of seed, picture and variant: %s", async (_name, preset) => {
    const picture = textured(40, 32);
    const at = (seed: number, key: number, variant: number) =>
      degradePicture(picture, { seed, key, variant }, preset);
    const together = await Promise.all([0, 1, 2, 3].map((variant) => at(5, 6, variant)));
    for (const variant of [3, 1]) expect(await at(5, 6, variant)).toEqual(together[variant]);
    expect(await degradePicture(picture, { seed: 5, key: 6 }, preset)).toEqual(together[0]);
    if (preset.kind === "bicubic") return;
    const results = [...together, await at(6, 6, 0), await at(5, 7, 0)].map(({ lr }) => lr.data.join());
    // A light degradation is sometimes plain bicubic shrinking.
    expect(new Set(results).size).toBeGreaterThan(preset.kind === "light" ? 3 : 5);
  });

  it("has different noise in each variant and round", async () => {
    // Only the noise itself is random.
    const still = { ...realesrgan.first.resize, up: 0, down: 0 } as const;
    const silent = { ...realesrgan.first.noise, probability: 0 } as const;
    const loud = { ...silent, probability: 1, gaussian: 1, sigma: [10, 10] } as const;
    const fixed = (
      first: typeof silent | typeof loud,
      second: typeof silent | typeof loud,
    ): FullDegradation => ({
      ...realesrgan,
      scale: 1,
      first: {
        blur: { ...realesrgan.first.blur, probability: 0 },
        resize: still,
        noise: first,
        jpeg: { ...realesrgan.first.jpeg, probability: 0 },
      },
      second: {
        probability: 1,
        blur: { ...realesrgan.first.blur, probability: 0 },
        resize: still,
        noise: second,
      },
      end: {
        ...realesrgan.end,
        sinc: { ...realesrgan.end.sinc, probability: 0 },
        jpeg: { ...realesrgan.end.jpeg, probability: 0 },
      },
    });
    const picture = flat(16, 0.5);
    const results = await Promise.all(
      [fixed(loud, silent), fixed(silent, loud)].flatMap((degradation) =>
        [0, 1, 2].map((variant) => degradePicture(picture, { seed: 1, key: 2, variant }, degradation)),
      ),
    );
    expect(new Set(results.map(({ lr }) => lr.data.join())).size).toBe(6);
    const none = await degradePicture(picture, { seed: 1, key: 2 }, fixed(silent, silent));
    expect(none.lr).toEqual(fromBytes(toBytes(picture)));
  });

  it("gives the same result for a seed on every platform and version (without JPEG, which is sharp's)", async () => {
    const silent = { probability: 0, quality: [30, 95] } as const;
    const quiet: FullDegradation = {
      ...realesrgan,
      first: { ...realesrgan.first, jpeg: silent },
      second: { ...realesrgan.second, probability: 1 },
      end: { ...realesrgan.end, jpeg: silent },
    };
    const hash = createHash("sha256");
    for (let key = 0; key < 24; key++)
      hash.update(bytesOf((await degradePicture(textured(64, 64), { seed: 8, key }, quiet)).lr));
    expect(hash.digest("hex").slice(0, 16)).toBe("9e168a7801b44c49");
  });
});

describe("a training batch of full degradations", () => {
  const { data } = toBytes(textured(260, 250));
  const photographs: Photographs = {
    folder: "generated",
    names: ["one.png"],
    read: async () => ({ name: "one.png", width: 260, height: 250, channels: 3, data }),
    usable: () => 1,
    skipped: () => [],
  };
  const options: BatchOptions = {
    seed: 4,
    batch: 3,
    cropHR: 32,
    scale: 4,
    degradation: realesrgan,
    originals: true,
    asTheyAre: 0,
  };
  const pairsOf = async (changed: BatchOptions, step: number) => {
    const { hr, lr } = await trainingBatch(photographs, changed, step);
    if (hr === null) throw new Error("there are no originals");
    return { hr, lr };
  };

  it("gives sample n the same pair whatever the size of the batch and the order of the work", async () => {
    const large = await pairsOf({ ...options, batch: 5 }, 3);
    await pairsOf(options, 4);
    const small = await pairsOf(options, 3);
    expect(large.hr.slice(0, small.hr.length)).toEqual(small.hr);
    expect(large.lr.slice(0, small.lr.length)).toEqual(small.lr);
    expect((await pairsOf(options, 4)).lr).not.toEqual(small.lr);
  });

  it("has photographs' pixels unchanged, and in grey if the degradation makes both grey", async () => {
    const bytes = new Set(data);
    const { hr } = await pairsOf(options, 1);
    for (const value of hr) expect(bytes.has(Math.round(((value + 1) / 2) * 255))).toBe(true);
    const grey = await pairsOf({ ...options, degradation: { ...realesrgan, grey: 1 } }, 1);
    for (let i = 0; i < grey.hr.length; i += 3)
      expect([grey.hr[i + 1], grey.hr[i + 2]]).toEqual([grey.hr[i], grey.hr[i]]);
  });
});

describe("the Gaussian kernels of both pipelines", () => {
  it("blur equally: the sampled kernel and the passes of the light degradation", () => {
    const waves: FloatPicture = {
      width: 48,
      height: 48,
      data: Float32Array.from({ length: 3 * 48 * 48 }, (_, i) => {
        const [x, y] = [Math.floor(i / 3) % 48, Math.floor(i / 144)];
        return 0.5 + 0.25 * Math.sin(0.5 * x + 0.4 * y) + 0.25 * Math.cos(0.3 * x - 0.6 * y);
      }),
    };
    const passes = gaussianBlur(waves, { sigmaAlong: 2, sigmaAcross: 0.9, angle: 0.2 * Math.PI }).data;
    const difference = (turn: number): number => {
      const kernel = gaussianKernel(21, { sigmaAlong: 2, sigmaAcross: 0.9, turn });
      const { data } = correlate(waves, kernel);
      // Each pass mirrors the picture separately, so the two differ near the edges.
      const isInside = (i: number): boolean => i >= 12 && i < 36;
      return Math.max(
        ...data.map((value, i) =>
          isInside(Math.floor(i / 3) % 48) && isInside(Math.floor(i / 144))
            ? Math.abs(value - (passes[i] as number))
            : 0,
        ),
      );
    };
    expect(difference(0.1)).toBeLessThan(0.01);
    expect(difference(-0.1)).toBeGreaterThan(0.05);
  });
});
