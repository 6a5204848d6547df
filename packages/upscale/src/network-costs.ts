/** What the networks of a named model cost at a picture's size, without running them. */
import {
  asLayer,
  type PictureNetwork,
  type PublishedModel,
  receptiveFieldOfPictures,
  type Size,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { costOfLayer } from "./layer-cost.ts";
import { type PartCost, partCosts } from "./part-costs.ts";

/** The message is one line that begins with the size, such as 65x64. */
export type CostError =
  /** The sides are not multiples to which pictures are padded. */
  | {
      readonly _tag: "NotPadded";
      readonly size: Size;
      readonly multiple: number;
      readonly message: string;
    }
  /** A network does not take the size. */
  | { readonly _tag: "SizeNotTaken"; readonly size: Size; readonly message: string };

const sizeText = ({ width, height }: Size): string => `${width}x${height}`;

const notPadded = (size: Size, multiple: number): CostError => ({
  _tag: "NotPadded",
  size,
  multiple,
  message: `${sizeText(size)}: pictures are padded to multiples of ${multiple}; give such a size`,
});

const sizeNotTaken = (size: Size, why: string): CostError => ({
  _tag: "SizeNotTaken",
  size,
  message: `${sizeText(size)}: ${why}`,
});

/** Pictures for the published models are padded to whole multiples of this. */
const MULTIPLE = 64;

const networkCost = (
  network: PictureNetwork,
  size: Size,
): E.Either<{ readonly message: string }, readonly PartCost[]> =>
  E.map((cost: PartCost["cost"]): readonly PartCost[] => [{ part: "network", cost }])(
    costOfLayer(asLayer(network), [1, size.height, size.width, 3]),
  );

/**
 * The cost of each network that makes the result of one low-resolution picture: of a published model the UNet's one
 * step and both halves of the autoencoder; else of the one network. Sides must be multiples of 64, or of the network's
 * alignment.
 */
export const networkCosts = (
  model: PublishedModel | PictureNetwork,
  size: Size,
): E.Either<CostError, readonly PartCost[]> => {
  const isPublished = "autoencoder" in model;
  const multiple = isPublished ? MULTIPLE : receptiveFieldOfPictures(model).alignment;
  if (size.width % multiple !== 0 || size.height % multiple !== 0) return E.left(notPadded(size, multiple));
  const costs = isPublished ? partCosts(model, size) : networkCost(model, size);
  return E.mapLeft(({ message }: { readonly message: string }) => sizeNotTaken(size, message))(costs);
};

/** A part's cost by what does the work. All but parameters and bytes are operations; a multiply-add is two. */
export interface CostFigures {
  readonly part: string;
  readonly parameters: number;
  /** In convolutions and linear maps. */
  readonly layers: number;
  readonly attention: number;
  readonly others: number;
  readonly flops: number;
  /** If results are released after their last use. */
  readonly peakBytes: number;
  /** The same, with all scores of attention at once. */
  readonly peakBytesWithScores: number;
}

export const costFigures = ({ part, cost }: PartCost): CostFigures => {
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
