/** How much of a picture is read around a tile. */
import type { PictureNetwork } from "../networks/picture-network.ts";
import { type ReceptiveField, receptiveFieldOfPictures } from "../receptive-field.ts";

/**
 * In pixels of what the network works on, which is smaller than the picture where pixels are folded. An RRDBNet of 23
 * blocks sees 349 of them, and a tile with as many around it would be little else. RealESRGAN_x4plus was measured on
 * some 35 crops of photographs, blurred, reduced or compressed: each was cut at a line, and its result compared with
 * the whole one's. The furthest value that changed by half a level of 255 was 103 pixels from the line; from 112 on none
 * changed by more than 0.02. At 10 pixels, which is what the authors' programs read around a tile, it was up to 104.
 */
const MOST_MARGIN = 128;

/**
 * Margin and alignment in pixels of the picture. The margin is the receptive field's, so that tiles join exactly; or,
 * where that is wider, one beyond which nothing changes by half a level.
 */
export const pictureField = (network: PictureNetwork): ReceptiveField => {
  const { margin, alignment } = receptiveFieldOfPictures(network);
  return { margin: Math.min(margin, MOST_MARGIN * alignment), alignment };
};
