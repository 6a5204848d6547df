import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Degradation,
  degradationPresets,
  drawDegradation,
  type FullDegradation,
  type FullParameters,
  type KernelParameters,
  type Range,
} from "../src/index.ts";
import {
  drawFull,
  expectShare,
  face,
  imagenetTest,
  places,
  realesrgan,
  share,
  within,
} from "./degradations.ts";

const many = Array.from({ length: 4000 }, (_, step) => drawFull(realesrgan, 1, step));

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
    /** The value without the part at the path. */
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

  it("reads the two rounds' noise from different places", () => {
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
