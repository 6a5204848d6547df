/** How large a tile may be where memory is bounded. */
import { levelChannels } from "../networks/autoencoder/config.ts";
import type { PaperModel } from "./paper-model.ts";
import { AUTHORS_TILE } from "./paper-options.ts";

/** The authors' own, and what becomes of it where it does not fit. */
export const TILES = [AUTHORS_TILE, 256, 128, 64] as const;

/** Images of the decoder's widest fine level that are alive at once, with what operations hold for themselves. */
const ALIVE = 4;

/** What attention over the whole tile holds at a time, which engines bound, and the runtime itself. */
const BASE = 2 ** 30;

/**
 * About how many bytes a tile of that side takes beside the weights: most is the decoder, whose images have the
 * result's size and the channels of the second finest level, before the finest narrows them.
 */
export const bytesOfTile = (
  { description, magnification }: Pick<PaperModel, "description" | "magnification">,
  tile: number,
): number => {
  const widths = levelChannels(description.latent.autoencoder);
  const widest = Math.max(widths[0] ?? 1, widths[1] ?? 1);
  return BASE + ALIVE * widest * Float32Array.BYTES_PER_ELEMENT * (tile * magnification) ** 2;
};

/** The largest of `TILES` that is estimated to fit, the smallest where none is. */
export const fittingTile = (
  model: Pick<PaperModel, "description" | "magnification" | "alignment">,
  bytes: number,
): number => {
  const allowed = TILES.filter((tile) => tile % model.alignment === 0);
  return allowed.find((tile) => bytesOfTile(model, tile) <= bytes) ?? allowed.at(-1) ?? model.alignment;
};
