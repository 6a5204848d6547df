/** What a file of weights holds, told from its header alone. */
import { elements } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { ByteFile } from "../bytes/byte-file.ts";
import {
  type Checkpoint,
  type CheckpointError,
  openCheckpoint,
  type TensorGroup,
} from "../checkpoint/checkpoint.ts";
import { mainGroup } from "../checkpoint/groups.ts";
import type { UnknownGroup } from "../errors.ts";
import { onOneLine } from "../file-reason.ts";
import { isBuffer } from "../networks/buffers.ts";
import type { FeatureNetwork } from "../networks/features/feature-network.ts";
import { publishedModels } from "../networks/published.ts";
import { type Architecture, type InferenceOptions, inferArchitecture } from "./architecture.ts";
import { featureNetworkOf } from "./feature-network.ts";

export interface ContentTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly numbers: number;
  /** Not learned: derived from the network's configuration. */
  readonly isBuffer: boolean;
}

/** What the tensors belong to: a network, a feature network for comparing pictures, or nothing known. */
export type TakenFor =
  | {
      readonly architecture: Architecture;
      /** The published models that have this network or this autoencoder. */
      readonly published: readonly string[];
    }
  | { readonly architecture: null; readonly features: FeatureNetwork }
  | { readonly architecture: null; readonly features: null; readonly reason: string };

export interface CheckpointContent {
  readonly format: Checkpoint["format"];
  readonly metadata: Readonly<Record<string, string>>;
  readonly groups: readonly { readonly path: string; readonly prefix: string; readonly tensors: number }[];
  /** The group that is shown; null if there are several and none is the usual one. */
  readonly group: string | null;
  readonly tensors: readonly ContentTensor[];
  readonly takenFor: TakenFor;
}

const tensorsOf = ({ entries }: TensorGroup): readonly ContentTensor[] =>
  [...entries.values()].map(({ name, dtype, shape }) => ({
    name,
    dtype,
    shape,
    numbers: elements(shape),
    isBuffer: isBuffer(name),
  }));

const isSameConfig = (a: unknown, b: unknown): boolean => {
  const sorted = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([x], [y]) => (x < y ? -1 : 1))
            .map(([key, part]) => [key, sorted(part)]),
        )
      : value;
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
};

/** The published models that have a network with this configuration. */
export const publishedWith = (config: Architecture["config"]): readonly string[] =>
  Object.values(publishedModels)
    .filter(({ network, autoencoder }) => [network, autoencoder].some((one) => isSameConfig(one, config)))
    .map(({ name }) => name);

const takenFor = (file: string, group: TensorGroup, options: InferenceOptions): TakenFor => {
  const shapes = new Map([...group.entries].map(([name, { shape }]) => [name, shape]));
  const inferred = inferArchitecture(shapes, { ...options, file });
  if (E.isLeft(inferred)) {
    const features = featureNetworkOf(file, shapes);
    return E.isRight(features)
      ? { architecture: null, features: features.right }
      : { architecture: null, features: null, reason: onOneLine(inferred.left) };
  }
  const architecture = inferred.right;
  return { architecture, published: publishedWith(architecture.config) };
};

export interface ContentOptions extends InferenceOptions {
  /** The path of the group to look into; by default the usual one. */
  readonly group?: string;
}

const contentOf = (
  checkpoint: Checkpoint,
  { group: path, ...options }: ContentOptions,
): E.Either<UnknownGroup, CheckpointContent> => {
  const { file, format, metadata, groups } = checkpoint;
  const listed = groups.map((group) => ({
    path: group.path,
    prefix: group.prefix,
    tensors: group.entries.size,
  }));
  const whole = { format, metadata, groups: listed };
  const main = mainGroup(checkpoint, path);
  if (E.isRight(main)) {
    const group = main.right;
    return E.right({
      ...whole,
      group: group.path,
      tensors: tensorsOf(group),
      takenFor: takenFor(file, group, options),
    });
  }
  // A named group must exist. Without a name, all groups can be listed.
  if (path !== undefined) return E.left(main.left);
  const reason = groups.length === 0 ? `${file}: no tensors in it` : main.left.message;
  return E.right({
    ...whole,
    group: null,
    tensors: [],
    takenFor: { architecture: null, features: null, reason },
  });
};

/**
 * The tensors of a group and the network that they are of. If there are several groups and none is the usual one, only
 * the groups are listed. Reads the header and no tensor. Errors: those of `openCheckpoint`, and `UnknownGroup` if the
 * named group is not there.
 */
export const checkpointContent = (
  file: ByteFile,
  options: ContentOptions = {},
): TE.TaskEither<CheckpointError | UnknownGroup, CheckpointContent> =>
  TE.bracketW(
    openCheckpoint(file),
    (checkpoint) => TE.fromEither(contentOf(checkpoint, options)),
    ({ close }) => TE.fromTask(close),
  );
