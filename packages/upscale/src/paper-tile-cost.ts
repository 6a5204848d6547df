/** What tiles cost a model of the paper's kind, by the cost interpreter. */
import { type Cost, costOf } from "@tadsr/engine-cost";
import { type PaperModel, paddedSize, type Size } from "@tadsr/model";
import { costOfLayer } from "./layer-cost.ts";
import { type Footprint, heldWith, known, type TileWork } from "./tile-cost.ts";

const layerCost = (...layer: Parameters<typeof costOfLayer>): Cost => known(costOfLayer(...layer));

interface PaperCosts {
  readonly network: Cost;
  /** The encoder, and the quantiser with the decoder. */
  readonly autoencoder: readonly [Cost, Cost];
}

/** Of a tile of the LR picture whose sides are multiples of the model's alignment. */
const costsOf = (
  { description, network, autoencoder, factor, stride }: PaperModel,
  { height, width }: Size,
): PaperCosts => {
  const image = (scale: number, channels: number) => [1, height * scale, width * scale, channels];
  const latent = image(1 / stride, network.latentChannels);
  const time = network.timeFeatures(0, 1).shape;
  const condition = image(1, description.network.condition?.channels ?? 3);
  const { encoder, quantiser, decoder, decode } = autoencoder;
  const parameters = [...quantiser.parameters, ...decoder.parameters];
  return {
    network: known(costOf(network, { input: latent, condition, time })),
    autoencoder: [layerCost(encoder, image(factor, 3)), layerCost({ parameters, run: decode }, latent)],
  };
};

/** What the hungriest of the three networks takes for a square tile; they run one after another. */
export const paperFootprint = (model: PaperModel, tile: number): Footprint => {
  const { network, autoencoder } = costsOf(model, { height: tile, width: tile });
  return heldWith(0, [network, ...autoencoder]);
};

/** Operations of each of `total` tiles of a picture of this size, which are all alike. */
export const paperWork = (
  model: PaperModel,
  picture: Size,
  tile: number,
  steps: number,
  total: number,
): TileWork => {
  const side = (length: number): number => Math.min(tile, paddedSize(length, model.alignment));
  const costs = costsOf(model, { height: side(picture.height), width: side(picture.width) });
  const [encoder, decoder] = costs.autoencoder;
  return Array.from({ length: total }, () => encoder.flops + steps * costs.network.flops + decoder.flops);
};
