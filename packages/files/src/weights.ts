/** Readers and writers of weights, by a file's path. @tadsr/model documents what they do and refuse. */
import type { NdArray } from "@tadsr/core";
import * as model from "@tadsr/model";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { fileOnDisk } from "./file-on-disk.ts";
import { replaceFile } from "./replace-file.ts";

/** Weights in a file. */
export interface WeightFile {
  readonly file: string;
  /** The group of the file's tensors; `mainGroup` of @tadsr/model tells the default. */
  readonly path?: string;
}

/** The same, in the form of @tadsr/model. */
export const weightsOnDisk = ({ file, ...rest }: WeightFile): model.WeightSource => ({
  file: fileOnDisk(file),
  ...rest,
});

/** Opens a file of any format and checks its list of tensors. The caller closes it. */
export const openCheckpoint = (file: string): TE.TaskEither<model.CheckpointError, model.Checkpoint> =>
  model.openCheckpoint(fileOnDisk(file));

/** Opens a safetensors file and checks its header. The caller closes it. */
export const openSafetensors = (file: string): TE.TaskEither<model.SafetensorsError, model.SafetensorsFile> =>
  model.openSafetensors(fileOnDisk(file));

/** Reads a whole safetensors file. */
export const readSafetensors = (
  file: string,
): TE.TaskEither<model.SafetensorsError, model.SafetensorsContent> => model.readSafetensors(fileOnDisk(file));

/** Reads a network's parameters, as float32, from a checkpoint of any format that has exactly these. */
export const readWeights = (
  file: string,
  specs: readonly model.ParameterSpec[],
  options: model.ReadWeightsOptions = {},
): ReturnType<typeof model.readWeights> => model.readWeights(fileOnDisk(file), specs, options);

/** The network that the file's tensors belong to, from their names and shapes. */
export const architectureOf = (
  weights: WeightFile,
  options: model.InferenceOptions = {},
): ReturnType<typeof model.architectureOf> => model.architectureOf(weightsOnDisk(weights), options);

/** The tensors of a file and the network that they are of, told from its header. */
export const checkpointContent = (
  file: string,
  options: model.ContentOptions = {},
): ReturnType<typeof model.checkpointContent> => model.checkpointContent(fileOnDisk(file), options);

/** Gives each parameter of a file to `use` in turn, as float32. Only one tensor is held at a time. */
export const forEachWeight = (
  weights: WeightFile,
  specs: readonly model.ParameterSpec[],
  use: (spec: model.ParameterSpec, tensor: NdArray) => void,
): ReturnType<typeof model.forEachWeight> => model.forEachWeight(weightsOnDisk(weights), specs, use);

/** Reads a feature network, and its channels' weights from another file. */
export const readFeatureNetwork = (
  file: string,
  linearFile?: string,
): TE.TaskEither<model.FeatureFileError, model.FeatureWeights> =>
  model.readFeatureNetwork(fileOnDisk(file), linearFile === undefined ? undefined : fileOnDisk(linearFile));

/** Writes tensors as safetensors in their record's order, through a draft. Shapes and data must agree. */
export const writeSafetensors = (
  file: string,
  tensors: Readonly<Record<string, NdArray>>,
  options: model.WriteOptions,
): TE.TaskEither<model.FileUnwritable | model.ValueOutOfRange, void> =>
  replaceFile(file, (draft) => model.writeSafetensors(draft, tensors, options));

/** Writes tensors in their order, through a draft. If one cannot be read, its error is the result. */
export const writeWeights = <E1>(
  file: string,
  tensors: readonly model.StreamedTensor<E1>[],
  options: model.WriteWeightsOptions,
): TE.TaskEither<E1 | model.FileUnwritable | model.ValueOutOfRange, void> =>
  replaceFile(file, (draft) => model.writeWeights(draft, tensors, options));

/** Writes random weights for the parameters, through a draft, with one in memory at a time. */
export const writeRandomWeights = (
  file: string,
  parameters: readonly model.ParameterSpec[],
  options: Parameters<typeof model.writeRandomWeights>[2],
): TE.TaskEither<model.FileUnwritable | model.ValueOutOfRange, void> =>
  replaceFile(file, (draft) => model.writeRandomWeights(draft, parameters, options));

/** Writes one group of the source's tensors as another file, with one tensor in memory at a time. */
export const convertWeights = (
  source: WeightFile,
  target: string,
  options: model.ConvertOptions,
): TE.TaskEither<model.ConvertError, model.Converted> =>
  replaceFile(target, (draft) => model.convertWeights(weightsOnDisk(source), draft, options));
