import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyDegradation,
  type BatchOptions,
  correlate,
  type Degradation,
  type DegradationPlaces,
  type DrawnDegradation,
  degradationPresets,
  degradeFully,
  degradePicture,
  drawDegradation,
  drawnKernel,
  type FloatPicture,
  type FullDegradation,
  type FullParameters,
  fromBytes,
  gaussianBlur,
  gaussianKernel,
  interpolate,
  type KernelParameters,
  type Photographs,
  placeOf,
  type Range,
  resize,
  sincKernel,
  throughJpeg,
  toBytes,
  trainingBatch,
} from "../src/index.ts";

const places = (seed: number, step: number, sample = 0): DegradationPlaces => ({
  parameters: placeOf("parameters", seed, step, sample),
  noise: placeOf("noise", seed, step, sample),
  secondNoise: placeOf("secondNoise", seed, step, sample),
});

type FullDrawn = Extract<DrawnDegradation, { kind: "full" }>;

const drawFull = (degradation: Degradation, seed: number, step: number): FullDrawn => {
  const drawn = drawDegradation(degradation, places(seed, step));
  if (drawn.kind !== "full") throw new Error("not a full degradation");
  return drawn;
};

const { realesrgan, face } = degradationPresets;
const imagenetTest = degradationPresets["imagenet-test"];

const many = Array.from({ length: 4000 }, (_, step) => drawFull(realesrgan, 1, step));

const within = (value: number, [lowest, highest]: Range): boolean =>
  lowest - 1e-12 <= value && value <= highest + 1e-12;

const share = <A>(all: readonly A[], holds: (one: A) => boolean): number =>
  all.filter(holds).length / all.length;

/** Four and a half standard deviations of a share of `count` draws. */
const spread = (probability: number, count: number): number =>
  4.5 * Math.sqrt((probability * (1 - probability)) / count) + 1e-9;

const expectShare = <A>(all: readonly A[], holds: (one: A) => boolean, probability: number): void => {
  expect(Math.abs(share(all, holds) - probability)).toBeLessThanOrEqual(spread(probability, all.length));
};

const textured = (width: number, height: number): FloatPicture => ({
  width,
  height,
  data: Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return ((x * x + 3 * y * (1 + (i % 3)) + ((x * y) % 17)) % 64) / 64;
  }),
});

const flat = (side: number, value: number): FloatPicture => ({
  width: side,
  height: side,
  data: new Float32Array(3 * side * side).fill(value),
});

/** Nothing but resizing to the result's size. */
const nothing: FullParameters = {
  grey: false,
  antialias: false,
  first: { blur: null, resize: { factor: 1, filter: "area" }, noise: null, jpeg: null },
  second: null,
  end: { filter: "area", sinc: null, jpeg: null, jpegLast: false },
};

const bytesOf = (picture: FloatPicture): Uint8Array => toBytes(picture).data;

describe("what is drawn", () => {
  const inBlur = (
    kernel: KernelParameters | null,
    { side, sigma, generalisedBeta, plateauBeta, sinc }: FullDegradation["first"]["blur"],
  ): void => {
    if (kernel === null) return;
    expect(within(kernel.side, side) && kernel.side % 2 === 1).toBe(true);
    if (kernel.shape === "sinc") {
      expect(within(kernel.cutOff, kernel.side < 13 ? sinc.cutOff : sinc.wideCutOff)).toBe(true);
      return;
    }
    expect(within(kernel.sigmaAlong, sigma) && within(kernel.sigmaAcross, sigma)).toBe(true);
    expect(within(kernel.turn, [0, 1])).toBe(true);
    if (kernel.shape.startsWith("generalised")) expect(within(kernel.beta, generalisedBeta)).toBe(true);
    if (kernel.shape.startsWith("plateau")) expect(within(kernel.beta, plateauBeta)).toBe(true);
    if (
      kernel.shape.toLowerCase().endsWith("isotropic") &&
      !kernel.shape.toLowerCase().endsWith("anisotropic")
    )
      expect(kernel.sigmaAcross).toBe(kernel.sigmaAlong);
  };

  const inRound = (
    round: NonNullable<FullParameters["second"]>,
    { blur, resize: sizes, noise }: FullDegradation["second"],
  ): void => {
    inBlur(round.blur, blur);
    expect(within(round.resize.factor, sizes.factor) || round.resize.factor === 1).toBe(true);
    if (round.noise?.kind === "gaussian") expect(within(255 * round.noise.sigma, noise.sigma)).toBe(true);
    if (round.noise?.kind === "poisson") expect(within(round.noise.scale, noise.poissonScale)).toBe(true);
  };

  it.each([
    ["realesrgan", realesrgan],
    ["imagenet-test", imagenetTest],
    ["face", face],
  ])("lies within the ranges: %s", (_name, preset) => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seed, step) => {
        const { first, second, end } = drawFull(preset, seed, step);
        inRound(first, { ...preset.first, probability: 1 });
        if (second !== null) inRound(second, preset.second);
        if (end.sinc?.shape === "sinc") {
          expect(within(end.sinc.side, preset.end.sinc.side)).toBe(true);
          expect(within(end.sinc.cutOff, preset.end.sinc.cutOff)).toBe(true);
        }
        for (const [quality, jpeg] of [
          [first.jpeg, preset.first.jpeg],
          [end.jpeg, preset.end.jpeg],
        ] as const)
          if (quality !== null) expect(Number.isInteger(quality) && within(quality, jpeg.quality)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it("happens as often as the probabilities say", () => {
    expectShare(many, ({ second }) => second !== null, 0.5);
    expectShare(many, ({ end }) => end.jpegLast, 0.5);
    expectShare(many, ({ end }) => end.sinc !== null, 0.8);
    expect(share(many, ({ first, end }) => first.jpeg !== null && end.jpeg !== null)).toBe(1);
    expect(share(many, ({ grey }) => grey)).toBe(0);
    const firsts = many.map(({ first }) => first);
    const seconds = many.flatMap(({ second }) => (second === null ? [] : [second]));
    expect(share(firsts, ({ blur }) => blur !== null)).toBe(1);
    expectShare(seconds, ({ blur }) => blur !== null, 0.8);
    for (const [rounds, up, down] of [
      [firsts, 0.2, 0.7],
      [seconds, 0.3, 0.4],
    ] as const) {
      expectShare(rounds, ({ resize: { factor } }) => factor > 1, up);
      expectShare(rounds, ({ resize: { factor } }) => factor < 1, down);
      for (const filter of ["area", "bilinear", "bicubic"] as const)
        expectShare(rounds, ({ resize: one }) => one.filter === filter, 1 / 3);
      expectShare(rounds, ({ noise }) => noise?.kind === "gaussian", 0.5);
      expectShare(rounds, ({ noise }) => noise?.grey === true, 0.4);
      const blurs = rounds.flatMap(({ blur }) => (blur === null ? [] : [blur]));
      expectShare(blurs, ({ shape }) => shape === "sinc", 0.1);
      for (const [shape, weight] of Object.entries(realesrgan.first.blur.kernels))
        expectShare(blurs, (one) => one.shape === shape, 0.9 * weight);
    }
    const shapes = firsts.flatMap(({ blur }) => (blur === null || blur.shape === "sinc" ? [] : [blur]));
    const generalised = shapes.filter(({ shape }) => shape.startsWith("generalised"));
    expectShare(generalised, ({ beta }) => beta < 1, 0.5);
    const plateaus = shapes.filter(({ shape }) => shape.startsWith("plateau"));
    expect(share(plateaus, ({ beta }) => beta >= 1)).toBe(1);
  });

  it("is spread evenly over the ranges, both ends of the whole numbers included", () => {
    const halves = (values: readonly number[], [lowest, highest]: Range): void => {
      const middle = (lowest + highest) / 2;
      expectShare(values, (value) => value < middle, 0.5);
      expect(Math.min(...values)).toBeLessThan(lowest + 0.05 * (highest - lowest));
      expect(Math.max(...values)).toBeGreaterThan(highest - 0.05 * (highest - lowest));
    };
    const blurs = many.flatMap(({ first: { blur } }) => (blur === null ? [] : [blur]));
    halves(
      blurs.flatMap((one) => (one.shape === "sinc" ? [] : [one.sigmaAlong])),
      [0.2, 3],
    );
    halves(
      blurs.flatMap((one) => (one.shape === "anisotropic" ? [one.sigmaAcross] : [])),
      [0.2, 3],
    );
    halves(
      many.flatMap(({ first: { noise } }) => (noise?.kind === "gaussian" ? [255 * noise.sigma] : [])),
      [1, 30],
    );
    halves(
      many.flatMap(({ second }) => (second?.noise?.kind === "poisson" ? [second.noise.scale] : [])),
      [0.05, 2.5],
    );
    for (let side = 7; side <= 21; side += 2) expectShare(blurs, (one) => one.side === side, 1 / 8);
    const qualities = many.flatMap(({ end }) => (end.jpeg === null ? [] : [end.jpeg]));
    for (const quality of [30, 95]) expectShare(qualities, (one) => one === quality, 1 / 66);
    const divisors = Array.from(
      { length: 2000 },
      (_, step) => 1 / drawFull(face, 2, step).first.resize.factor,
    );
    halves(divisors, [0.8, 32]);
  });

  it("has a draw of its own for each parameter: a changed range changes nothing else", () => {
    const { first, second, end } = realesrgan;
    type Loose = { [key: string]: unknown };
    /** The value with what stands at the path taken out. */
    const without = (value: unknown, path: readonly string[]): unknown => {
      const [key, ...rest] = path;
      if (key === undefined) return undefined;
      const fields = value as Loose | null;
      return fields === null ? null : { ...fields, [key]: without(fields[key], rest) };
    };
    const changed: readonly (readonly [FullDegradation, string])[] = [
      [{ ...realesrgan, grey: 1 }, "grey"],
      [{ ...realesrgan, first: { ...first, blur: { ...first.blur, sigma: [1, 1] } } }, "first.blur"],
      [{ ...realesrgan, first: { ...first, blur: { ...first.blur, probability: 0 } } }, "first.blur"],
      [
        { ...realesrgan, first: { ...first, resize: { ...first.resize, factor: [0.5, 1] } } },
        "first.resize.factor",
      ],
      [
        {
          ...realesrgan,
          first: { ...first, resize: { ...first.resize, filters: { area: 1, bilinear: 0, bicubic: 0 } } },
        },
        "first.resize.filter",
      ],
      [{ ...realesrgan, first: { ...first, noise: { ...first.noise, gaussian: 1 } } }, "first.noise"],
      [{ ...realesrgan, first: { ...first, noise: { ...first.noise, grey: 0 } } }, "first.noise.grey"],
      [{ ...realesrgan, first: { ...first, jpeg: { probability: 1, quality: [1, 2] } } }, "first.jpeg"],
      [{ ...realesrgan, second: { ...second, probability: 0 } }, "second"],
      [{ ...realesrgan, second: { ...second, noise: { ...second.noise, probability: 0 } } }, "second.noise"],
      [{ ...realesrgan, end: { ...end, sinc: { ...end.sinc, probability: 0 } } }, "end.sinc"],
      [{ ...realesrgan, end: { ...end, jpeg: { probability: 0.5, quality: [30, 95] } } }, "end.jpeg"],
      [{ ...realesrgan, end: { ...end, jpegLast: 1 } }, "end.jpegLast"],
    ];
    for (const [other, path] of changed) {
      let differs = false;
      for (let step = 0; step < 40; step++) {
        const [one, two] = [drawFull(realesrgan, 3, step), drawFull(other, 3, step)];
        expect(without(two, path.split(".")), path).toEqual(without(one, path.split(".")));
        differs ||= JSON.stringify(one) !== JSON.stringify(two);
      }
      expect(differs, path).toBe(true);
    }
  });

  it("draws a sinc's cut-off from the wider range for sides from 13 on", () => {
    for (const side of [11, 13]) {
      const sinc = { probability: 1, cutOff: [0.5, 0.6], wideCutOff: [0.2, 0.3] } as const;
      const blur = { ...realesrgan.first.blur, side: [side, side], sinc } as const;
      const drawn = drawFull({ ...realesrgan, first: { ...realesrgan.first, blur } }, 1, 1).first.blur;
      const range = side === 13 ? sinc.wideCutOff : sinc.cutOff;
      expect(drawn?.shape === "sinc" && within(drawn.cutOff, range)).toBe(true);
    }
  });

  it("reads the two rounds' noise from places of their own", () => {
    for (const { first, second } of many.slice(0, 200)) {
      expect(first.noise?.place).toBeDefined();
      if (second !== null) expect(second.noise?.place).not.toEqual(first.noise?.place);
    }
  });

  it("takes the parts of a mix as often as their weights say", () => {
    const mix: Degradation = {
      kind: "mix",
      of: [
        { weight: 3, degradation: realesrgan },
        { weight: 0, degradation: imagenetTest },
        { weight: 1, degradation: degradationPresets.light },
        { weight: 1, degradation: degradationPresets.bicubic },
      ],
    };
    const drawn = Array.from({ length: 2000 }, (_, step) => drawDegradation(mix, places(7, step)));
    expectShare(drawn, ({ kind }) => kind === "full", 0.6);
    expectShare(drawn, ({ kind }) => kind === "light", 0.2);
    expectShare(drawn, ({ kind }) => kind === "bicubic", 0.2);
    for (const [step, one] of drawn.entries())
      if (one.kind === "full") expect(one).toEqual(drawFull(realesrgan, 7, step));
  });
});

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

  it("clamp before JPEG: what a sinc kernel overshoots is gone", async () => {
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

  it("widen their filters only where antialiasing is asked for", async () => {
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

  it("take the colour from original and result where grey", async () => {
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
    // A light degradation is plain bicubic now and then.
    expect(new Set(results).size).toBeGreaterThan(preset.kind === "light" ? 3 : 5);
  });

  it("has noise of its own in each variant and round", async () => {
    // Nothing is left to draw but the noise itself.
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

  it("means the same by a seed on every platform and version (without JPEG, which is sharp's)", async () => {
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

  it("has photographs' pixels unchanged, and without colour where the degradation takes it from both", async () => {
    const bytes = new Set(data);
    const { hr } = await pairsOf(options, 1);
    for (const value of hr) expect(bytes.has(Math.round(((value + 1) / 2) * 255))).toBe(true);
    const grey = await pairsOf({ ...options, degradation: { ...realesrgan, grey: 1 } }, 1);
    for (let i = 0; i < grey.hr.length; i += 3)
      expect([grey.hr[i + 1], grey.hr[i + 2]]).toEqual([grey.hr[i], grey.hr[i]]);
  });
});

describe("the Gaussian kernels of both pipelines", () => {
  it("blur alike: the sampled kernel and the passes of the light degradation", () => {
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
      // The passes mirror the picture each by itself, so they differ near the edges.
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
