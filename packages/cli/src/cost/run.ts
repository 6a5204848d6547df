/** `tadsr cost`: prints what a model's networks cost at a size. */
import { type FindNetworksError, findNetworks } from "@tadsr/files";
import {
  type PictureNetwork,
  type PublishedModel,
  publishedModels,
  publishedPictureNetworks,
  type Size,
} from "@tadsr/model";
import { type CostError, costFigures, networkCosts } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type ExitCode, type Failure, modelLine, usageFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { printLine, resolveIn, type Shell } from "../shell.ts";
import { textTable } from "../table.ts";

export interface CostOptions {
  /** A published model's name, or a file of a network from pictures to pictures. */
  readonly model: string;
  /** Size of the low-resolution picture. */
  readonly size: Size;
  readonly json?: boolean;
}

const HEADER = [
  "part",
  "parameters",
  "GFLOP: in layers",
  "attention",
  "others",
  "all",
  "peak MiB",
  "with scores",
] as const;

const giga = (flops: number): string => (flops / 1e9).toFixed(1);
const mebi = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

/** A published name goes before a file of the same name. */
const networksOf = (shell: Shell, named: string): TE.TaskEither<Failure, PublishedModel | PictureNetwork> => {
  const isName = Object.hasOwn(publishedModels, named) || Object.hasOwn(publishedPictureNetworks, named);
  const place = isName ? named : resolveIn(shell, named);
  return TE.mapLeft((error: FindNetworksError) =>
    error._tag === "UnknownNetwork" || error._tag === "NotOfPictures"
      ? usageFailure(error.message.replaceAll(place, named))
      : modelLine(error),
  )(findNetworks(place));
};

export const runCost = (shell: Shell, { model, size, json }: CostOptions): CommandTask =>
  pipe(
    networksOf(shell, model),
    TE.chainEitherK((networks) =>
      E.mapLeft(({ message }: CostError) => usageFailure(`--size ${message}`))(networkCosts(networks, size)),
    ),
    TE.map((parts): ExitCode => {
      const figures = parts.map(costFigures);
      if (json === true) {
        printLine(shell, JSON.stringify({ model, size, parts: figures }));
        return 0;
      }
      const rows = figures.map((f) => [
        f.part,
        String(f.parameters),
        ...[f.layers, f.attention, f.others, f.flops].map(giga),
        ...[f.peakBytes, f.peakBytesWithScores].map(mebi),
      ]);
      const alignments = HEADER.map((_, column) => (column === 0 ? "left" : "right"));
      for (const line of textTable([HEADER, ...rows], alignments)) printLine(shell, line);
      return 0;
    }),
  );
