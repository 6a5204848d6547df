/** Reads a feature network's weights from a file of any format, and its channels' weights from another file. */
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { ByteFile } from "../bytes/byte-file.ts";
import type { WeightsMismatch } from "../errors.ts";
import {
  checkLinear,
  featureNetworkOf,
  linearParameters,
  type UnknownFeatures,
} from "../inference/feature-network.ts";
import type { Shapes } from "../inference/shape-reader.ts";
import type { FeatureNetwork } from "../networks/features/feature-network.ts";
import { shapesIn, type WeightSourceError } from "../paper/weight-source.ts";
import type { ParameterSpec } from "../parameters.ts";
import { quoted } from "../quoted.ts";
import { type HostWeights, readWeights } from "../weights.ts";

/** A weight is NaN or infinite. */
export interface NotFiniteWeight {
  readonly _tag: "NotFiniteWeight";
  readonly file: string;
  readonly key: string;
  readonly message: string;
}

export type FeatureFileError = WeightSourceError | WeightsMismatch | UnknownFeatures | NotFiniteWeight;

export interface FeatureWeights {
  readonly network: FeatureNetwork;
  /** The network's parameters. */
  readonly weights: HostWeights;
  /** The weight of each channel, by LPIPS's names `linK.model.1.weight`; null: every weight is 1. */
  readonly linear: HostWeights | null;
}

const checkFinite =
  (file: string) =>
  (weights: HostWeights): E.Either<NotFiniteWeight, HostWeights> => {
    for (const [key, { data }] of Object.entries(weights)) {
      const bad = data.find((value) => !Number.isFinite(value));
      if (bad === undefined) continue;
      const message = `${file}: tensor ${quoted(key)}: found ${bad}, expected finite numbers; get a whole copy of the file`;
      return E.left({ _tag: "NotFiniteWeight", file, key, message });
    }
    return E.right(weights);
  };

/** Names and shapes were checked before, so the file may hold other tensors too. */
const readParameters = (
  file: ByteFile,
  specs: readonly ParameterSpec[],
): TE.TaskEither<FeatureFileError, HostWeights> =>
  pipe(readWeights(file, specs, { ignore: () => true }), TE.chainEitherKW(checkFinite(file.name)));

const readNetwork = (
  file: ByteFile,
  shapes: Shapes,
): TE.TaskEither<FeatureFileError, Omit<FeatureWeights, "linear">> =>
  pipe(
    TE.fromEither(featureNetworkOf(file.name, shapes)),
    TE.chainW((network) =>
      pipe(
        readParameters(file, network.parameters),
        TE.map((weights) => ({ network, weights })),
      ),
    ),
  );

const readLinear = (file: ByteFile, network: FeatureNetwork): TE.TaskEither<FeatureFileError, HostWeights> =>
  pipe(
    shapesIn({ file }),
    TE.chainEitherKW((shapes) => checkLinear(file.name, network, shapes)),
    TE.chainW(() => readParameters(file, linearParameters(network))),
  );

/**
 * Reads a feature network: AlexNet or VGG16 as torchvision saves them, or EfficientNet-lite0 as
 * `tools/perceptual-weights.py` writes it. Names and shapes tell which network it is. `linearFile` holds LPIPS's
 * channel weights, such as `alex.pth` of the lpips package. Weights are read as float32.
 */
export const readFeatureNetwork = (
  file: ByteFile,
  linearFile?: ByteFile,
): TE.TaskEither<FeatureFileError, FeatureWeights> =>
  pipe(
    shapesIn({ file }),
    TE.chainW((shapes) => readNetwork(file, shapes)),
    TE.chainW((read) =>
      linearFile === undefined
        ? TE.right({ ...read, linear: null })
        : pipe(
            readLinear(linearFile, read.network),
            TE.map((linear): FeatureWeights => ({ ...read, linear })),
          ),
    ),
  );
