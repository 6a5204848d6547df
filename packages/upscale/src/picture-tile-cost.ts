/** What tiles cost a network that makes a picture of a picture, by the cost interpreter. */
import type { Cost } from "@tadsr/engine-cost";
import { asLayer, type PictureNetwork, paddedSize, pictureField, planTiles, type Size } from "@tadsr/model";
import { costOfLayer } from "./layer-cost.ts";
import { type Footprint, heldWith, known, type TileWork } from "./tile-cost.ts";

const costAt = (network: PictureNetwork, { height, width }: Size): Cost =>
  known(costOfLayer(asLayer(network), [1, height, width, 3]));

/** What a square tile takes with its whole margin. */
export const pictureFootprint = (network: PictureNetwork, tile: number): Footprint => {
  const { margin, alignment } = pictureField(network);
  const side = paddedSize(tile + 2 * margin, alignment);
  return heldWith(0, [costAt(network, { height: side, width: side })]);
};

/** Operations of each tile of a picture of this size. */
export const pictureWork = (network: PictureNetwork, picture: Size, tile: number): TileWork => {
  const bySize = new Map<string, number>();
  return planTiles({ ...picture, tile, ...pictureField(network) }).map(({ read }) => {
    const size = `${read.width} x ${read.height}`;
    const flops = bySize.get(size) ?? costAt(network, read).flops;
    bySize.set(size, flops);
    return flops;
  });
};
