/** How much of a picture is read around a tile. */
import type { PictureNetwork } from "../networks/picture-network.ts";
import { type ReceptiveField, receptiveFieldOfPictures } from "../receptive-field.ts";

/** In pixels of what the network works on, which is smaller than the picture where pixels are folded. */
const MOST_MARGIN = 128;

export const pictureField = (network: PictureNetwork): ReceptiveField => {
  const { margin, alignment } = receptiveFieldOfPictures(network);
  return { margin: Math.min(margin, MOST_MARGIN * alignment), alignment };
};
