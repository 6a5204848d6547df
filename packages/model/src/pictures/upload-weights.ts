/** A picture network's weights on an engine: one file's, or the weighted sum of two files'. */
import type { Engine, NdArray, Tensors } from "@tadsr/core";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type CannotMix, mixWeights } from "../mix-weights.ts";
import type { PaperModelError } from "../paper/errors.ts";
import { forEachWeight, uploadWeightSource, type WeightSource } from "../paper/weight-source.ts";
import type { ParameterSpec } from "../parameters.ts";
import { type HostWeights, uploadWeights } from "../weights.ts";
import type { PictureModel } from "./picture-model.ts";

const onHost = (
  file: WeightSource,
  specs: readonly ParameterSpec[],
): TE.TaskEither<PaperModelError, HostWeights> => {
  const weights: Record<string, NdArray> = {};
  return pipe(
    forEachWeight(file, specs, ({ name }, tensor) => {
      weights[name] = tensor;
    }),
    TE.map(() => weights),
  );
};

/**
 * One file is read tensor by tensor; two files are read at once, and must hold the same network. The caller releases
 * the tensors. Rejects with what the engine throws.
 */
export const uploadPictureWeights = <T>(
  engine: Engine<T>,
  { file, mix, network }: Pick<PictureModel, "file" | "mix" | "network">,
): TE.TaskEither<PaperModelError | CannotMix, Tensors<T>> => {
  const specs = network.parameters;
  if (mix === null) return uploadWeightSource(engine, file, specs);
  return pipe(
    onHost(file, specs),
    TE.bindTo("first"),
    TE.bind("second", () => onHost(mix.file, specs)),
    TE.chainEitherKW(({ first, second }) => mixWeights(first, second, mix.share)),
    TE.map((weights) => uploadWeights(engine, specs, weights)),
  );
};
