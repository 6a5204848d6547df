/** What tiles cost a model of the small family, by the cost interpreter. */
import { type Cost, costOf } from "@tadsr/engine-cost";
import {
  conditionChannels,
  type Model,
  paddedSize,
  planTiles,
  receptiveField,
  type Size,
} from "@tadsr/model";
import { type Footprint, heldWith, known, type TileWork } from "./tile-cost.ts";

type SmallModel = Pick<Model, "network">;

/** Images of the latent's shape that one step holds beside the network's own: z_y, noise, z_T and that scaled. */
const HELD_LATENTS = 4;

const networkCost = ({ network }: SmallModel, { height, width }: Size): Cost => {
  const input = [1, height, width, network.latentChannels];
  const condition = [1, height, width, conditionChannels(network)];
  const time = network.timeFeatures(0, 1).shape;
  return known(costOf(network, { input, condition, time }));
};

/** What a square tile takes with its whole margin; each step sees as far as the network beyond what the next sees. */
export const smallFootprint = (model: SmallModel, tile: number, steps: number): Footprint => {
  const { margin, alignment } = receptiveField(model.network);
  const side = paddedSize(tile + 2 * margin * steps, alignment);
  const latents = HELD_LATENTS * side * side * model.network.latentChannels;
  return heldWith(latents, [networkCost(model, { height: side, width: side })]);
};

/** Operations of each tile of a picture of this size: those at its edges read less. */
export const smallWork = (model: SmallModel, picture: Size, tile: number, steps: number): TileWork => {
  const { margin, alignment } = receptiveField(model.network);
  const bySize = new Map<string, number>();
  return planTiles({ ...picture, tile, margin: margin * steps, alignment }).map(({ read }) => {
    const size = `${read.width} x ${read.height}`;
    const flops = bySize.get(size) ?? steps * networkCost(model, read).flops;
    bySize.set(size, flops);
    return flops;
  });
};
