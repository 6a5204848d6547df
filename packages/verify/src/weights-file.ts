/** A file of weights: first its list of tensors, then the network's numbers. */
import {
  type ByteFile,
  type HostWeights,
  isBuffer,
  mainGroup,
  openCheckpoint,
  type ParameterSpec,
  readWeights,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Folder } from "./folder.ts";

/** What is known before a tensor is read. */
export interface WeightsSurvey {
  readonly format: string;
  /** Types of the numbers, except those of buffers. */
  readonly types: readonly string[];
  /** Shapes by name, including buffers. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** A message on one line, with the file's name in the folder instead of its path or address. */
const oneLine =
  (file: ByteFile, name: string) =>
  ({ message }: { readonly message: string }): string => {
    const [head = "", first = ""] = message.replaceAll(file.name, name).split("\n");
    return `${head} ${first.trim()}`.trim();
  };

export const surveyWeights = (folder: Folder, name: string): TE.TaskEither<string, WeightsSurvey> => {
  const file = folder.file(name);
  return TE.mapLeft(oneLine(file, name))(
    TE.bracketW(
      openCheckpoint(file),
      (checkpoint) =>
        TE.fromEither(
          E.map(({ entries }: { readonly entries: (typeof checkpoint.groups)[number]["entries"] }) => {
            const learned = [...entries.values()].filter(({ name }) => !isBuffer(name));
            return {
              format: checkpoint.format,
              types: [...new Set(learned.map(({ dtype }) => dtype))],
              shapes: new Map([...entries].map(([name, { shape }]) => [name, shape])),
            };
          })(mainGroup(checkpoint)),
        ),
      ({ close }) => TE.fromTask(close),
    ),
  );
};

export const weightsOf = (
  folder: Folder,
  name: string,
  specs: readonly ParameterSpec[],
): TE.TaskEither<string, HostWeights> => {
  const file = folder.file(name);
  return TE.mapLeft(oneLine(file, name))(readWeights(file, specs, { ignore: isBuffer }));
};
