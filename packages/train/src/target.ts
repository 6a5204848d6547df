/**
 * A stronger network from elsewhere as the target: its picture of the low-resolution picture replaces the photograph.
 * Many photographs fit one blurred picture, and a network that regresses to them learns their mean. The target network
 * gives one picture, and a sharp one.
 */
import type { Engine } from "@tadsr/core";
import { architectureOf, readWeights } from "@tadsr/files";
import {
  type HostWeights,
  mixWeights,
  type PictureNetwork,
  pictureNetwork,
  uploadWeights,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { TrainError } from "./errors.ts";
import { LATENT_FACTOR } from "./latents.ts";

/** The network whose pictures are the target. */
export interface TargetOptions {
  /** File of its weights: .pth or safetensors of SRVGGNetCompact or RRDBNet. */
  readonly model: string;
  /** A second file of the same network, whose weights are mixed in with this share; null for none. */
  readonly mix: { readonly file: string; readonly share: number } | null;
}

/** The network and its weights on the host. */
export interface Target {
  readonly network: PictureNetwork;
  readonly weights: HostWeights;
}

const failure = ({ message }: { readonly message: string }): TrainError => ({ _tag: "Model", message });

const networkOf = (file: string): TE.TaskEither<TrainError, PictureNetwork> =>
  pipe(
    architectureOf({ file }),
    TE.mapLeft(failure),
    TE.chainEitherK((architecture): E.Either<TrainError, PictureNetwork> => {
      if (architecture.kind !== "srvgg" && architecture.kind !== "rrdb")
        return E.left(
          failure({
            message: `${file}: found a ${architecture.kind}, expected a network from picture to picture (SRVGGNetCompact or RRDBNet)`,
          }),
        );
      const network = pictureNetwork(architecture.config);
      return network.factor === LATENT_FACTOR
        ? E.right(network)
        : E.left(
            failure({
              message: `${file}: its factor is ${network.factor}, expected ${LATENT_FACTOR}`,
            }),
          );
    }),
  );

/** Reads the target's files. Both must hold the same network. */
export const readTarget = ({ model, mix }: TargetOptions): TE.TaskEither<TrainError, Target> =>
  pipe(
    networkOf(model),
    TE.bindTo("network"),
    TE.bind("first", ({ network }) => pipe(readWeights(model, network.parameters), TE.mapLeft(failure))),
    TE.bind("weights", ({ network, first }) =>
      mix === null
        ? TE.right<TrainError, HostWeights>(first)
        : pipe(
            readWeights(mix.file, network.parameters),
            TE.chainEitherKW((second) => mixWeights(first, second, mix.share)),
            TE.mapLeft(failure),
          ),
    ),
    TE.map(({ network, weights }) => ({ network, weights })),
  );

export interface OpenTarget<T> {
  /** Upscales low-resolution pictures [n, h, w, 3] in [-1, 1] to [n, 4 h, 4 w, 3], about in [-1, 1]. */
  upscale(picture: T): T;
  readonly frozen: readonly T[];
}

/** Uploads the target's weights. */
export const openTarget = <T>(engine: Engine<T>, { network, weights }: Target): OpenTarget<T> => {
  const { algebra } = engine;
  const uploaded = uploadWeights(engine, network.parameters, weights);
  return {
    upscale: (picture) =>
      algebra.offset(
        algebra.scale(network.run(algebra)(uploaded, algebra.offset(algebra.scale(picture, 0.5), 0.5)), 2),
        -1,
      ),
    frozen: Object.values(uploaded),
  };
};
