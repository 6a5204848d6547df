/** A published model's networks as programs of the cost interpreter, at their sizes for one picture. */
import { type Cost, costOf } from "@tadsr/engine-cost";
import { type PublishedModel, type Size, swinUNet, vqAutoencoder } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { costOfLayer } from "./layer-cost.ts";

export interface PartCost {
  readonly part: string;
  readonly cost: Cost;
}

type Image = readonly [number, number, number, number];

/**
 * The cost of the three networks for one picture, or why the picture does not fit. `picture` is the low-resolution
 * picture, already padded.
 */
export const partCosts = (
  { network, autoencoder, factor }: PublishedModel,
  picture: Size,
): E.Either<{ readonly message: string }, readonly PartCost[]> => {
  const vq = vqAutoencoder(autoencoder);
  const large = { height: picture.height * factor, width: picture.width * factor };
  const latent = { height: large.height / vq.factor, width: large.width / vq.factor };
  const image = ({ height, width }: Size, channels: number): Image => [1, height, width, channels];
  const z = image(latent, vq.latentChannels);
  const costs: readonly (readonly [string, ReturnType<typeof costOf>])[] = [
    [
      "UNet, one step",
      costOf(swinUNet(network), {
        input: z,
        condition: image(picture, network.condition?.channels ?? 0),
        time: [1, network.channels],
      }),
    ],
    ["VQ encoder", costOfLayer(vq.encoder, image(large, 3))],
    [
      "VQ quantiser and decoder",
      costOfLayer({ parameters: [...vq.quantiser.parameters, ...vq.decoder.parameters], run: vq.decode }, z),
    ],
  ];
  const parts: PartCost[] = [];
  for (const [part, cost] of costs) {
    if (E.isLeft(cost)) return E.left({ message: `${part}: ${cost.left.message}` });
    parts.push({ part, cost: cost.right });
  }
  return E.right(parts);
};
