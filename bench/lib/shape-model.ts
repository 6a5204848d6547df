/**
 * A model of a family's shape, made without a folder. Its weights are random, and none is zero except as stated below.
 */
import { elements, makeSchedule, type NdArray } from "@tadsr/core";
import { type HostWeights, MODEL_FORMAT, type Model, randomWeight, smallNetwork } from "@tadsr/model";
import { FAMILIES, type FamilyName } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { type BenchError, failed } from "./bench-error.ts";

const familyNames = Object.keys(FAMILIES) as readonly FamilyName[];

const isFamily = (name: string): name is FamilyName => familyNames.includes(name as FamilyName);

const zeros = ({ shape, data }: NdArray): NdArray => ({ shape, data: new Float32Array(data.length) });

/**
 * A one-step model. Random weights take the place of trained ones, since some weights of a fresh network are zero, and
 * an engine may leave out operations with zero weights. Without noise, the weights for z_t are zero, as in a model that
 * was trained with them held.
 */
export const shapeModel = (
  name: string,
  { hearsNoise }: { readonly hearsNoise: boolean },
): E.Either<BenchError, Model> => {
  if (!isFamily(name))
    return E.left(failed(`there is no family ${name}; there are ${familyNames.join(", ")}`));
  const { network: config, schedule } = FAMILIES[name];
  const network = smallNetwork(config);
  const isSilent = (parameter: string): boolean =>
    !hearsNoise && network.entrance !== undefined && parameter.startsWith(`${network.entrance}.`);
  const weights: HostWeights = Object.fromEntries(
    network.parameters.map((spec, place) => {
      const random = randomWeight(spec, { seed: 1, place });
      return [spec.name, isSilent(spec.name) ? zeros(random) : random];
    }),
  );
  return E.bimap(
    ({ message }: { readonly message: string }) => failed(message),
    (made: Model["schedule"]): Model => ({
      description: {
        format: MODEL_FORMAT,
        name,
        latent: { kind: "space-to-depth", factor: 4 },
        schedule,
        network: config,
        steps: 1,
      },
      schedule: made,
      network,
      weights,
    }),
  )(makeSchedule(schedule));
};

/** The products of a one-step model's convolutions for each pixel of the small picture. All have stride 1. */
export const productsOf = ({ network, weights }: Model): number =>
  network.parameters
    .filter(({ name, kind }) => kind === "convolution" && weights[name]?.data.some((value) => value !== 0))
    .reduce((sum, { shape }) => sum + elements(shape), 0);
