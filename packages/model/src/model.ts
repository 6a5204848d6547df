/** A model: a description and weights. On a disk it is a folder of two files, but they may come from anywhere. */
import { makeSchedule, type Schedule } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { ByteFile } from "./bytes/byte-file.ts";
import type { ByteSink } from "./bytes/byte-sink.ts";
import { readWhole } from "./bytes/read-bytes.ts";
import {
  type FileUnreadable,
  type FileUnwritable,
  fileUnwritable,
  type InvalidDescription,
  invalidDescription,
  type ModelError,
  type ValueOutOfRange,
} from "./errors.ts";
import { decodeDescription, MODEL_FORMAT, type ModelDescription } from "./model-description.ts";
import type { ConditionedNetwork } from "./networks/network.ts";
import { smallNetwork } from "./networks/small-network.ts";
import type { FloatType } from "./number-formats.ts";
import type { PaperDescription } from "./paper/paper-description.ts";
import { writeSafetensors } from "./safetensors.ts";
import { checkWeights, type HostWeights, readWeights } from "./weights.ts";

/** The model's description. */
export const DESCRIPTION_FILE = "model.json";
/** The weights of its network. */
export const WEIGHTS_FILE = "model.safetensors";

/** A model, ready to be put on an engine. */
export interface Model {
  readonly description: ModelDescription;
  readonly schedule: Schedule;
  readonly network: ConditionedNetwork;
  /** Float32, whatever type the file stores. */
  readonly weights: HostWeights;
}

/** The two files of a model. */
export interface ModelFiles<A> {
  /** model.json. */
  readonly description: A;
  /** A checkpoint of any format. */
  readonly weights: A;
}

/** The network that a description names. */
export const networkOf = (description: ModelDescription): ConditionedNetwork =>
  smallNetwork(description.network);

const parseJson = (file: string, bytes: Uint8Array): E.Either<InvalidDescription, unknown> =>
  E.tryCatch(
    () => JSON.parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)) as unknown,
    (thrown) => invalidDescription(file, "", "JSON", `text that is not JSON (${(thrown as Error).message})`),
  );

/** The parsed content of a model.json, unchecked. */
export const parseDescription = (
  file: ByteFile,
): TE.TaskEither<FileUnreadable | InvalidDescription, unknown> =>
  pipe(
    readWhole(file),
    TE.chainEitherKW((bytes) => parseJson(file.name, bytes)),
  );

/** Reads and checks a model.json. */
export const readDescription = (
  file: ByteFile,
): TE.TaskEither<FileUnreadable | InvalidDescription, ModelDescription> =>
  pipe(
    parseDescription(file),
    TE.chainEitherKW((value) => decodeDescription(file.name, value)),
  );

/** A description's schedule. `decodeDescription` has checked it; another caller may not have. */
const scheduleOf = (file: string, { schedule }: ModelDescription): E.Either<InvalidDescription, Schedule> =>
  E.mapLeft(({ field, found, allowed }: { field: string; found: unknown; allowed: string }) =>
    invalidDescription(file, `schedule.${field}`, allowed, String(found)),
  )(makeSchedule(schedule));

/** What is known of a model of the small family before its weights are read. */
export interface SmallModel extends Omit<Model, "weights"> {
  /** Where its weights are: a checkpoint of any format. */
  readonly file: ByteFile;
}

/** The model of a model.json that was parsed and is called `name`, and of a file of weights. */
export const smallModelOf = (
  name: string,
  value: unknown,
  file: ByteFile,
): E.Either<InvalidDescription, SmallModel> =>
  pipe(
    decodeDescription(name, value),
    E.bindTo("description"),
    E.bind("schedule", ({ description }) => scheduleOf(name, description)),
    E.map(({ description, schedule }) => ({
      description,
      schedule,
      network: networkOf(description),
      file,
    })),
  );

/** Reads the weights of a model. Names and shapes are checked against the network before a tensor is read. */
export const readSmallModel = ({ file, ...model }: SmallModel): TE.TaskEither<ModelError, Model> =>
  TE.map((weights: HostWeights): Model => ({ ...model, weights }))(
    readWeights(file, model.network.parameters),
  );

/** Reads a model: its model.json, then its weights. */
export const readModel = ({ description, weights }: ModelFiles<ByteFile>): TE.TaskEither<ModelError, Model> =>
  pipe(
    parseDescription(description),
    TE.chainEitherKW((value) => smallModelOf(description.name, value, weights)),
    TE.chainW(readSmallModel),
  );

export interface SaveOptions {
  readonly dtype: FloatType;
}

/** Checks a description and weights as reading does. Errors use the files' names. */
export const checkModel = (
  names: ModelFiles<string>,
  description: ModelDescription,
  weights: HostWeights,
): E.Either<ModelError, ModelDescription> =>
  pipe(
    decodeDescription(names.description, description),
    E.chainFirstW((checked) => checkWeights(names.weights, networkOf(checked).parameters, weights)),
  );

/** Writes the weights of a model that `checkModel` has checked. */
export const writeModelWeights = (
  sink: ByteSink,
  { name }: ModelDescription,
  weights: HostWeights,
  { dtype }: SaveOptions,
): TE.TaskEither<FileUnwritable | ValueOutOfRange, void> =>
  writeSafetensors(sink, weights, { dtype, metadata: { format: MODEL_FORMAT, name } });

/** Writes a model.json. */
export const writeDescription = (
  sink: ByteSink,
  description: ModelDescription | PaperDescription,
): TE.TaskEither<FileUnwritable, void> =>
  TE.tryCatch(
    () => sink.write(new TextEncoder().encode(`${JSON.stringify(description, null, 2)}\n`)),
    (thrown) => fileUnwritable(sink.name, thrown),
  );
