/** Draws a degradation: from its description and a place in a random stream to the parameters for one picture. */
import { uniform } from "@tadsr/core";
import type { NoisePlace } from "../data-streams.ts";
import type { ResizeFilter } from "../resampling.ts";
import type {
  BlurDescription,
  Degradation,
  FullDegradation,
  JpegDescription,
  KernelShape,
  NoiseDescription,
  Range,
  ResizeDescription,
  SingleDegradation,
} from "./description.ts";
import { type LightParameters, lightParameters } from "./light.ts";
import type { GaussianNoise } from "./noise.ts";
import type { PoissonNoise } from "./poisson.ts";
import { chosen, oddWithin, wholeWithin, within } from "./within.ts";

/** A drawn kernel. */
export type KernelParameters =
  | {
      readonly shape: KernelShape;
      readonly side: number;
      readonly sigmaAlong: number;
      readonly sigmaAcross: number;
      /** The angle from the x axis towards the y axis, in full turns. */
      readonly turn: number;
      /** Used by generalised and plateau kernels. */
      readonly beta: number;
    }
  | { readonly shape: "sinc"; readonly side: number; readonly cutOff: number };

export type NoiseParameters =
  | ({ readonly kind: "gaussian" } & GaussianNoise)
  | ({ readonly kind: "poisson" } & PoissonNoise);

export interface ResizeParameters {
  readonly factor: number;
  readonly filter: ResizeFilter;
}

/** A drawn round. `null` means that a stage is left out. */
export interface RoundParameters {
  readonly blur: KernelParameters | null;
  readonly resize: ResizeParameters;
  readonly noise: NoiseParameters | null;
}

/** A drawn full degradation. Nothing random is left. */
export interface FullParameters {
  readonly grey: boolean;
  readonly antialias: boolean;
  readonly first: RoundParameters & { readonly jpeg: number | null };
  readonly second: RoundParameters | null;
  readonly end: {
    readonly filter: ResizeFilter;
    readonly sinc: KernelParameters | null;
    readonly jpeg: number | null;
    /** Whether JPEG comes after resizing and sinc. */
    readonly jpegLast: boolean;
  };
}

/** A drawn degradation of any kind. */
export type DrawnDegradation =
  | { readonly kind: "bicubic" }
  | ({ readonly kind: "light" } & LightParameters)
  | ({ readonly kind: "full" } & FullParameters);

/** The places where a picture's random numbers are read. */
export interface DegradationPlaces {
  readonly parameters: NoisePlace;
  readonly noise: NoisePlace;
  readonly secondNoise: NoisePlace;
}

/**
 * The number of each draw of a round. Each parameter has a draw of its own, which is read even if it is not used. So
 * changing one interval does not change the others' draws. Never renumber them: a seed would mean something else.
 */
const inRound = {
  blur: 0,
  side: 1,
  sinc: 2,
  cutOff: 3,
  shape: 4,
  sigmaAlong: 5,
  sigmaAcross: 6,
  turn: 7,
  betaSide: 8,
  beta: 9,
  direction: 10,
  factor: 11,
  filter: 12,
  noise: 13,
  gaussian: 14,
  sigma: 15,
  poissonScale: 16,
  grey: 17,
  jpeg: 18,
  quality: 19,
} as const;

/** Where the rounds begin, and the draws for the whole. The first 16 numbers belong to the light degradation. */
const inWhole = {
  first: 16,
  second: 48,
  isSecond: 80,
  jpegLast: 81,
  filter: 82,
  sinc: 83,
  side: 84,
  cutOff: 85,
  jpeg: 86,
  quality: 87,
  grey: 88,
  part: 89,
} as const;

const DRAWS = 90;

type Draws = (index: number) => number;
type RoundDraws = (name: keyof typeof inRound) => number;

const roundDraws =
  (u: Draws, from: number): RoundDraws =>
  (name) =>
    u(from + inRound[name]);

/** Half of the draws below 1 and half above, if the interval has both. */
const betaWithin = ([lowest, highest]: Range, side: number, u: number): number => {
  const below: Range = [lowest, Math.min(1, highest)];
  const above: Range = [Math.max(1, lowest), highest];
  if (lowest >= 1) return within(above, u);
  if (highest <= 1) return within(below, u);
  return within(side < 0.5 ? below : above, u);
};

/** From this side on, the sinc kernel's cut-off is drawn from the wider interval. */
const WIDE_SIDE = 13;

const drawKernel = (description: BlurDescription, u: RoundDraws): KernelParameters | null => {
  if (!(u("blur") < description.probability)) return null;
  const side = oddWithin(description.side, u("side"));
  const { sinc, kernels, sigma, generalisedBeta, plateauBeta } = description;
  if (u("sinc") < sinc.probability) {
    const cutOff = within(side < WIDE_SIDE ? sinc.cutOff : sinc.wideCutOff, u("cutOff"));
    return { shape: "sinc", side, cutOff };
  }
  const shape = chosen(kernels, u("shape"));
  const sigmaAlong = within(sigma, u("sigmaAlong"));
  const isRound = shape === "isotropic" || shape.endsWith("Isotropic");
  const betas = shape.startsWith("plateau") ? plateauBeta : generalisedBeta;
  return {
    shape,
    side,
    sigmaAlong,
    sigmaAcross: isRound ? sigmaAlong : within(sigma, u("sigmaAcross")),
    turn: isRound ? 0 : u("turn"),
    beta: shape === "isotropic" || shape === "anisotropic" ? 1 : betaWithin(betas, u("betaSide"), u("beta")),
  };
};

const drawResize = (
  { up, down, keep, either, factor, even, filters }: ResizeDescription,
  u: RoundDraws,
): ResizeParameters => {
  const way = chosen({ up, down, keep, either }, u("direction"));
  const filter = chosen(filters, u("filter"));
  if (way === "keep") return { factor: 1, filter };
  const [lowest, highest] = factor;
  const interval: Range = [way === "up" ? 1 : lowest, way === "down" ? 1 : highest];
  return {
    factor:
      even === "factor"
        ? within(interval, u("factor"))
        : 1 / within([1 / interval[1], 1 / interval[0]], u("factor")),
    filter,
  };
};

const drawNoise = (
  { probability, gaussian, sigma, poissonScale, grey: greyProbability }: NoiseDescription,
  u: RoundDraws,
  place: NoisePlace,
): NoiseParameters | null => {
  if (!(u("noise") < probability)) return null;
  const grey = u("grey") < greyProbability;
  return u("gaussian") < gaussian
    ? { kind: "gaussian", sigma: within(sigma, u("sigma")) / 255, grey, place }
    : { kind: "poisson", scale: within(poissonScale, u("poissonScale")), grey, place };
};

const drawJpeg = ({ probability, quality }: JpegDescription, happens: number, u: number): number | null =>
  happens < probability ? wholeWithin(quality, u) : null;

const drawFull = (
  { grey, antialias, first, second, end }: FullDegradation,
  u: Draws,
  { noise, secondNoise }: DegradationPlaces,
): FullParameters => {
  const one = roundDraws(u, inWhole.first);
  const two = roundDraws(u, inWhole.second);
  return {
    grey: u(inWhole.grey) < grey,
    antialias,
    first: {
      blur: drawKernel(first.blur, one),
      resize: drawResize(first.resize, one),
      noise: drawNoise(first.noise, one, noise),
      jpeg: drawJpeg(first.jpeg, one("jpeg"), one("quality")),
    },
    second:
      u(inWhole.isSecond) < second.probability
        ? {
            blur: drawKernel(second.blur, two),
            resize: drawResize(second.resize, two),
            noise: drawNoise(second.noise, two, secondNoise),
          }
        : null,
    end: {
      filter: chosen(end.filters, u(inWhole.filter)),
      sinc:
        u(inWhole.sinc) < end.sinc.probability
          ? {
              shape: "sinc",
              side: oddWithin(end.sinc.side, u(inWhole.side)),
              cutOff: within(end.sinc.cutOff, u(inWhole.cutOff)),
            }
          : null,
      jpeg: drawJpeg(end.jpeg, u(inWhole.jpeg), u(inWhole.quality)),
      jpegLast: u(inWhole.jpegLast) < end.jpegLast,
    },
  };
};

const drawSingle = (
  degradation: SingleDegradation,
  u: Draws,
  places: DegradationPlaces,
): DrawnDegradation => {
  switch (degradation.kind) {
    case "bicubic":
      return { kind: "bicubic" };
    case "light":
      return { kind: "light", ...lightParameters(places, degradation) };
    case "full":
      return { kind: "full", ...drawFull(degradation, u, places) };
  }
};

/** Draws what is done to one picture. The same places and description give the same result on every machine. */
export const drawDegradation = (degradation: Degradation, places: DegradationPlaces): DrawnDegradation => {
  const drawn = uniform(places.parameters.source, places.parameters.position, DRAWS);
  const u: Draws = (index) => drawn[index] as number;
  if (degradation.kind !== "mix") return drawSingle(degradation, u, places);
  const weights = Object.fromEntries(degradation.of.map(({ weight }, i) => [String(i), weight]));
  const part = degradation.of[Number(chosen(weights, u(inWhole.part)))] as (typeof degradation.of)[number];
  return drawSingle(part.degradation, u, places);
};
