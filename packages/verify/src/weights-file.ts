/** A file of weights: first its list of tensors, then the network's numbers. */
import { basename } from "node:path";
import { openCheckpoint, readWeights } from "@tadsr/files";
import { type HostWeights, isBuffer, mainGroup, type ParameterSpec } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";

/** What is known before a tensor is read. */
export interface WeightsSurvey {
  readonly path: string;
  readonly format: string;
  /** Types of the numbers, except those of buffers. */
  readonly types: readonly string[];
  /** Shapes by name, including buffers. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** A message on one line, with the file's name instead of its path. */
const oneLine =
  (path: string) =>
  ({ message }: { readonly message: string }): string => {
    const [head = "", first = ""] = message.replaceAll(path, basename(path)).split("\n");
    return `${head} ${first.trim()}`.trim();
  };

export const surveyWeights = (path: string): TE.TaskEither<string, WeightsSurvey> =>
  TE.mapLeft(oneLine(path))(
    TE.bracketW(
      openCheckpoint(path),
      (checkpoint) =>
        TE.fromEither(
          E.map(({ entries }: { readonly entries: (typeof checkpoint.groups)[number]["entries"] }) => {
            const learned = [...entries.values()].filter(({ name }) => !isBuffer(name));
            return {
              path,
              format: checkpoint.format,
              types: [...new Set(learned.map(({ dtype }) => dtype))],
              shapes: new Map([...entries].map(([name, { shape }]) => [name, shape])),
            };
          })(mainGroup(checkpoint)),
        ),
      ({ close }) => TE.fromTask(close),
    ),
  );

export const weightsOf = (
  path: string,
  specs: readonly ParameterSpec[],
): TE.TaskEither<string, HostWeights> =>
  TE.mapLeft(oneLine(path))(readWeights(path, specs, { ignore: isBuffer }));
