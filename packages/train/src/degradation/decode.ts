/** Decodes degradations from JSON, field by field: gives the value, or the path and the fault of a wrong field. */
import {
  accept,
  constant,
  type Decoder,
  type Fault,
  list,
  record,
  shown,
  whole,
} from "@tadsr/model/decoders";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import type {
  BicubicDegradation,
  BlurDescription,
  Degradation,
  FilterWeights,
  FullDegradation,
  JpegDescription,
  KernelWeights,
  MixedDegradation,
  NoiseDescription,
  Range,
  ResizeDescription,
  SingleDegradation,
} from "./description.ts";
import type { LightDegradation } from "./light.ts";

const numberWithin = (least: number, most: number): Decoder<number> =>
  accept(
    `a number from ${least} to ${most}`,
    (value): value is number => typeof value === "number" && value >= least && value <= most,
  );

const boolean = accept("true or false", (value): value is boolean => typeof value === "boolean");

const probability = numberWithin(0, 1);

/** An interval whose ends both pass `each`, the lower one first. */
const interval = (expected: string, each: (value: unknown) => boolean): Decoder<Range> =>
  accept(
    `[lowest, highest], ${expected}`,
    (value): value is Range =>
      Array.isArray(value) && value.length === 2 && value.every(each) && value[0] <= value[1],
  );

const numbers = (least: number, most: number): Decoder<Range> =>
  interval(
    `two numbers from ${least} to ${most}`,
    (value) => typeof value === "number" && value >= least && value <= most,
  );

const wholeNumbers = (least: number, most: number): Decoder<Range> =>
  interval(
    `two whole numbers from ${least} to ${most}`,
    (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  );

const LARGEST_SIDE = 99;

const oddSides: Decoder<Range> = interval(
  `two odd numbers from 1 to ${LARGEST_SIDE}`,
  (value) =>
    Number.isInteger(value) &&
    (value as number) % 2 === 1 &&
    (value as number) >= 1 &&
    (value as number) <= LARGEST_SIDE,
);

/** Weights of which at least one is above 0. */
const weighted =
  <A>(decoder: Decoder<A>, names: readonly (keyof A & string)[]): Decoder<A> =>
  (value, path) =>
    E.chain(
      (decoded: A): E.Either<Fault, A> =>
        names.some((name) => (decoded[name] as number) > 0)
          ? E.right(decoded)
          : E.left({ path, expected: `one of ${names.join(", ")} above 0`, found: "0 in each" }),
    )(decoder(value, path));

const weight = numberWithin(0, 1e6);

const kernelWeights: Decoder<KernelWeights> = weighted(
  record<KernelWeights>({
    isotropic: weight,
    anisotropic: weight,
    generalisedIsotropic: weight,
    generalisedAnisotropic: weight,
    plateauIsotropic: weight,
    plateauAnisotropic: weight,
  }),
  [
    "isotropic",
    "anisotropic",
    "generalisedIsotropic",
    "generalisedAnisotropic",
    "plateauIsotropic",
    "plateauAnisotropic",
  ],
);

/** A cut-off of 0 would give no kernel. */
const cutOff = numbers(0.01, 1);
const sigma = numbers(0.01, 100);
const beta = numbers(0.05, 50);

const blur = record<BlurDescription>({
  probability,
  side: oddSides,
  kernels: kernelWeights,
  sigma,
  generalisedBeta: beta,
  plateauBeta: beta,
  sinc: record<BlurDescription["sinc"]>({ probability, cutOff, wideCutOff: cutOff }),
});

const filters: Decoder<FilterWeights> = weighted(
  record<FilterWeights>({ area: weight, bilinear: weight, bicubic: weight }),
  ["area", "bilinear", "bicubic"],
);

const resizeFields: Decoder<ResizeDescription> = weighted(
  record<ResizeDescription>({
    up: weight,
    down: weight,
    keep: weight,
    either: weight,
    factor: numbers(0.01, 8),
    even: accept(
      '"factor" or "divisor"',
      (value): value is ResizeDescription["even"] => value === "factor" || value === "divisor",
    ),
    filters,
  }),
  ["up", "down", "keep", "either"],
);

/** To grow, some factor must be above 1; to shrink, some factor must be below 1. */
const resize: Decoder<ResizeDescription> = (value, path) =>
  E.chain((decoded: ResizeDescription): E.Either<Fault, ResizeDescription> => {
    const { up, down, factor } = decoded;
    const fault = (expected: string): E.Either<Fault, never> =>
      E.left({ path: `${path}.factor`, expected, found: shown(factor) });
    if (up > 0 && factor[1] < 1) return fault("a highest factor of at least 1, since up is above 0");
    if (down > 0 && factor[0] > 1) return fault("a lowest factor of at most 1, since down is above 0");
    return E.right(decoded);
  })(resizeFields(value, path));

const noise = record<NoiseDescription>({
  probability,
  gaussian: probability,
  sigma: numbers(0, 255),
  poissonScale: numbers(0, 100),
  grey: probability,
});

const jpeg = record<JpegDescription>({ probability, quality: wholeNumbers(1, 100) });

const scale = whole(1, 8);

const full = record<FullDegradation>({
  kind: constant("full"),
  scale,
  grey: probability,
  antialias: boolean,
  first: record<FullDegradation["first"]>({ blur, resize, noise, jpeg }),
  second: record<FullDegradation["second"]>({ probability, blur, resize, noise }),
  end: record<FullDegradation["end"]>({
    filters,
    sinc: record<FullDegradation["end"]["sinc"]>({ probability, side: oddSides, cutOff }),
    jpeg,
    jpegLast: probability,
  }),
});

const light = record<LightDegradation>({
  kind: constant("light"),
  scale,
  onlyBicubic: probability,
  blur: record<LightDegradation["blur"]>({
    probability,
    sigma,
    isotropic: probability,
    flattening: numbers(0.01, 1),
  }),
  intermediateScale: numbers(0.01, 8),
  noise: record<LightDegradation["noise"]>({ probability, sigma: numbers(0, 1), grey: probability }),
  firstJpeg: jpeg,
  secondJpeg: jpeg,
});

const bicubic = record<BicubicDegradation>({ kind: constant("bicubic"), scale });

const kindOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, "kind") : undefined;

const singles: Readonly<Record<SingleDegradation["kind"], Decoder<SingleDegradation>>> = {
  bicubic,
  light,
  full,
};

const isSingle = (kind: unknown): kind is SingleDegradation["kind"] =>
  typeof kind === "string" && Object.hasOwn(singles, kind);

const inside = (path: string, field: string): string => (path === "" ? field : `${path}.${field}`);

const single: Decoder<SingleDegradation> = (value, path) => {
  const kind = kindOf(value);
  if (isSingle(kind)) return singles[kind](value, path);
  return E.left({
    path: inside(path, "kind"),
    expected: '"full", "light" or "bicubic"',
    found: shown(kind),
  });
};

type Part = MixedDegradation["of"][number];

const parts = list(record<Part>({ weight, degradation: single }), 1, 100);

const mix: Decoder<MixedDegradation> = (value, path) =>
  pipe(
    record<MixedDegradation>({ kind: constant("mix"), of: parts })(value, path),
    E.chain((decoded): E.Either<Fault, MixedDegradation> => {
      const at = inside(path, "of");
      const [first] = decoded.of;
      const odd = decoded.of.findIndex(({ degradation }) => degradation.scale !== first?.degradation.scale);
      if (odd > 0) {
        return E.left({
          path: `${at}[${odd}].degradation.scale`,
          expected: `${first?.degradation.scale}, as in the first`,
          found: String(decoded.of[odd]?.degradation.scale),
        });
      }
      return decoded.of.some((part) => part.weight > 0)
        ? E.right(decoded)
        : E.left({ path: at, expected: "a weight above 0", found: "0 in each" });
    }),
  );

/** A degradation of any kind, or the first wrong field. */
export const decodeDegradation: Decoder<Degradation> = (value, path) => {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return E.left({ path, expected: "an object", found: shown(value) });
  const kind = kindOf(value);
  if (kind === "mix") return mix(value, path);
  return isSingle(kind)
    ? single(value, path)
    : E.left({
        path: inside(path, "kind"),
        expected: '"full", "light", "bicubic" or "mix"',
        found: shown(kind),
      });
};
