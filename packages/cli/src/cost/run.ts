/** `tadsr cost`: what a model's networks cost at a size, without running them. */
import {
  asLayer,
  type PictureNetwork,
  type PublishedName,
  publishedModels,
  receptiveFieldOfPictures,
  type Size,
} from "@tadsr/model";
import { costOfLayer, type PartCost, partCosts } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, usageFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { printLine, type Shell } from "../shell.ts";
import { textTable } from "../table.ts";
import { findPictureNetwork } from "./find-network.ts";

export interface CostOptions {
  /** A published model's name, or a file of a network from pictures to pictures. */
  readonly model: string;
  /** Size of the low-resolution picture. */
  readonly size: Size;
  readonly json?: boolean;
}

/** A part's numbers, in the printed units. */
const figuresOf = ({ part, cost }: PartCost) => {
  const { byOperation, flops, parameters, peakBytes, peakBytesWithScores } = cost;
  const of = (...names: readonly (keyof typeof byOperation)[]): number =>
    names.reduce((sum, name) => sum + (byOperation[name]?.flops ?? 0), 0);
  const layers = of("conv2d", "linear");
  const attention = of("attention", "windowAttention");
  return {
    part,
    parameters,
    layers,
    attention,
    others: flops - layers - attention,
    flops,
    peakBytes,
    peakBytesWithScores,
  };
};

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

/** Published pictures are padded to whole multiples of this. */
const MULTIPLE = 64;

const isPublished = (name: string): name is PublishedName => Object.hasOwn(publishedModels, name);

const sizeFailure = ({ width, height }: Size, why: string): Failure =>
  usageFailure(`--size ${width}x${height}: ${why}`);

const paddedTo = ({ width, height }: Size, multiple: number): boolean =>
  width % multiple === 0 && height % multiple === 0;

const ofPublished = (name: PublishedName, size: Size): E.Either<Failure, readonly PartCost[]> =>
  paddedTo(size, MULTIPLE)
    ? E.mapLeft((why: string) => sizeFailure(size, why))(partCosts(publishedModels[name], size))
    : E.left(sizeFailure(size, `pictures are padded to multiples of ${MULTIPLE}; give such a size`));

const ofNetwork = (network: PictureNetwork, size: Size): E.Either<Failure, readonly PartCost[]> => {
  const { alignment } = receptiveFieldOfPictures(network);
  if (!paddedTo(size, alignment))
    return E.left(sizeFailure(size, `pictures are padded to multiples of ${alignment}; give such a size`));
  return E.bimap(
    ({ message }: { readonly message: string }) => sizeFailure(size, message),
    (cost: PartCost["cost"]): readonly PartCost[] => [{ part: "network", cost }],
  )(costOfLayer(asLayer(network), [1, size.height, size.width, 3]));
};

const costsOf = (shell: Shell, { model, size }: CostOptions): TE.TaskEither<Failure, readonly PartCost[]> =>
  isPublished(model)
    ? TE.fromEither(ofPublished(model, size))
    : TE.chainEitherK((network: PictureNetwork) => ofNetwork(network, size))(
        findPictureNetwork(shell, model),
      );

export const runCost =
  (shell: Shell, { model, size, json }: CostOptions): CommandTask =>
  async () => {
    const parts = await costsOf(shell, { model, size })();
    if (E.isLeft(parts)) return parts;
    const figures = parts.right.map(figuresOf);
    if (json === true) {
      printLine(shell, JSON.stringify({ model, size, parts: figures }));
      return E.right(0);
    }
    const rows = figures.map((f) => [
      f.part,
      String(f.parameters),
      ...[f.layers, f.attention, f.others, f.flops].map(giga),
      ...[f.peakBytes, f.peakBytesWithScores].map(mebi),
    ]);
    const alignments = [
      "left",
      ...Array.from({ length: HEADER.length - 1 }, () => "right" as const),
    ] as const;
    for (const line of textTable([HEADER, ...rows], alignments)) printLine(shell, line);
    return E.right(0);
  };
