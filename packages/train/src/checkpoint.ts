/**
 * A checkpoint: the whole state of a training in one safetensors file, so that a resumed run goes on as an
 * uninterrupted one would. A tensor's name is `weights/`, `average/`, `first/` or `second/` and the parameter's name.
 * For a discriminator it is `adversary/weights/`, `adversary/buffers/` and so on, a name kept for checkpoints that were
 * written before. Held parameters have no moments.
 */
import type { Engine } from "@tadsr/core";
import { readSafetensors, writeSafetensors } from "@tadsr/files";
import type { HostWeights } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { TrainError } from "./errors.ts";
import { differences, type Identity } from "./identity.ts";
import { downloadState, type HostState, type StateSpecs, type TrainingState, uploadState } from "./state.ts";

const FORMAT = "tadsr-checkpoint/1";
const PARTS = ["weights", "average", "first", "second"] as const;
const DISCRIMINATOR_PARTS = ["weights", "buffers", "first", "second"] as const;

const prefixed = (prefix: string, weights: HostWeights): HostWeights =>
  Object.fromEntries(Object.entries(weights).map(([name, array]) => [`${prefix}/${name}`, array]));

const tensorsOf = (state: HostState): HostWeights => {
  const { discriminator } = state;
  const own = PARTS.map((part) => prefixed(part, state[part]));
  const ofDiscriminator =
    discriminator === null
      ? []
      : DISCRIMINATOR_PARTS.map((part) => prefixed(`adversary/${part}`, discriminator[part]));
  return Object.assign({}, ...own, ...ofDiscriminator);
};

/**
 * Written under another name and then renamed: a kill at any moment, or a full disk, leaves the old checkpoint or this
 * one.
 */
export const writeCheckpoint =
  <T>(
    engine: Engine<T>,
    specs: StateSpecs,
    state: TrainingState<T>,
    identity: Identity,
    file: string,
  ): TaskEither<TrainError, void> =>
  async () => {
    const host = await downloadState(engine, specs, state);
    const metadata = { format: FORMAT, step: String(host.step), identity };
    return E.mapLeft(
      (error: { readonly message: string }): TrainError => ({
        _tag: "Checkpoint",
        file,
        message: error.message,
      }),
    )(await writeSafetensors(file, tensorsOf(host), { dtype: "F32", metadata })());
  };

const refused = (file: string, message: string): E.Either<TrainError, never> =>
  E.left({ _tag: "Checkpoint", file, message: `${file}: ${message}` });

/** Reads a checkpoint of a run with the same identity onto the engine. */
export const readCheckpoint =
  <T>(
    engine: Engine<T>,
    specs: StateSpecs,
    identity: Identity,
    file: string,
  ): TaskEither<TrainError, TrainingState<T>> =>
  async () => {
    const read = await readSafetensors(file)();
    if (E.isLeft(read)) return refused(file, read.left.message);
    const { metadata, tensors } = read.right;
    if (metadata.format !== FORMAT) return refused(file, `not a checkpoint (expected format ${FORMAT})`);
    const changed = differences(metadata.identity ?? "", identity);
    if (changed.length > 0) {
      return refused(
        file,
        `was made with other options: ${changed.join(", ")}; resume with those, or train elsewhere`,
      );
    }
    const part = (name: string): HostWeights =>
      Object.fromEntries(
        Object.entries(tensors)
          .filter(([key]) => key.startsWith(`${name}/`))
          .map(([key, array]) => [key.slice(name.length + 1), array]),
      );
    const host: HostState = {
      step: Number(metadata.step),
      weights: part("weights"),
      average: part("average"),
      first: part("first"),
      second: part("second"),
      discriminator:
        specs.discriminator === null
          ? null
          : {
              weights: part("adversary/weights"),
              buffers: part("adversary/buffers"),
              first: part("adversary/first"),
              second: part("adversary/second"),
            },
    };
    try {
      return E.right(uploadState(engine, specs, host));
    } catch (thrown) {
      return refused(file, firstLine(thrown));
    }
  };
