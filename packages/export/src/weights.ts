/** A model's weights as constants of terms, with their names. */
import type { NdArray, TensorKind, Tensors } from "@tadsr/core";
import { given, type Term } from "@tadsr/engine-onnx";
import {
  type CannotMix,
  forEachWeight,
  type HostWeights,
  type MixedFile,
  mixWeights,
  type PaperModelError,
  type ParameterSpec,
  parameter,
  type WeightSource,
} from "@tadsr/model";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";

export interface NamedWeights {
  readonly terms: Tensors<Term>;
  /** Of the arrays that hold the numbers. */
  readonly names: ReadonlyMap<unknown, string>;
}

interface Entry {
  readonly name: string;
  readonly kind: TensorKind;
  readonly tensor: NdArray;
}

const named = (entries: readonly Entry[]): NamedWeights => ({
  terms: Object.fromEntries(entries.map(({ name, kind, tensor }) => [name, given(kind, tensor, "constant")])),
  names: new Map(entries.map(({ name, tensor }) => [tensor.data, name])),
});

export const ofHost = (specs: readonly ParameterSpec[], weights: HostWeights): NamedWeights =>
  named(specs.map(({ name, kind }) => ({ name, kind, tensor: parameter(weights, name) })));

/** Reads a file's parameters and checks all of them. */
export const ofFile = (
  file: WeightSource,
  specs: readonly ParameterSpec[],
): TE.TaskEither<PaperModelError, NamedWeights> => {
  const entries: Entry[] = [];
  return TE.map(() => named(entries))(
    forEachWeight(file, specs, ({ name, kind }, tensor) => void entries.push({ name, kind, tensor })),
  );
};

const onHost = (
  file: WeightSource,
  specs: readonly ParameterSpec[],
): TE.TaskEither<PaperModelError, HostWeights> => {
  const weights: Record<string, NdArray> = {};
  return TE.map(() => weights)(
    forEachWeight(file, specs, ({ name }, tensor) => {
      weights[name] = tensor;
    }),
  );
};

/** The weighted sum of two files of the same network. */
export const ofMix = (
  file: WeightSource,
  mix: MixedFile,
  specs: readonly ParameterSpec[],
): TE.TaskEither<PaperModelError | CannotMix, NamedWeights> =>
  pipe(
    onHost(file, specs),
    TE.bindTo("first"),
    TE.bind("second", () => onHost(mix.file, specs)),
    TE.chainEitherKW(({ first, second }) => mixWeights(first, second, mix.share)),
    TE.map((weights) => ofHost(specs, weights)),
  );

export const together = (parts: readonly NamedWeights[]): NamedWeights => ({
  terms: Object.assign({}, ...parts.map(({ terms }) => terms)) as Tensors<Term>,
  names: new Map(parts.flatMap(({ names }) => [...names])),
});
