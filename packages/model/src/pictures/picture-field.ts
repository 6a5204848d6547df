/** How much of a picture is read around a tile. */
import type { PictureNetwork } from "../networks/picture-network.ts";
import { type ReceptiveField, receptiveFieldOfPictures } from "../receptive-field.ts";

/**
 * In pixels of the network's input, which is smaller than the picture if pixels are folded into channels. An RRDBNet of
 * 23 blocks sees 349 of them on each side. A tile with that margin would be mostly margin. So RealESRGAN_x4plus was
 * measured on about 35 crops of photographs, blurred, reduced or compressed. Each was cut at a line, and the result was
 * compared with that of the whole crop. The furthest value that changed by half a level of 255 was 103 pixels from the
 * line; from 112 pixels on none changed by more than 0.02. The authors' programs read 10 pixels around a tile: at that
 * distance values changed by up to 104.
 */
const MOST_MARGIN = 128;

/**
 * Margin and alignment in pixels of the picture. The margin is the receptive field's, so that tiles join exactly. If
 * that is wider than the measured one, the measured one is used: beyond it nothing changes by half a level.
 */
export const pictureField = (network: PictureNetwork): ReceptiveField => {
  const { margin, alignment } = receptiveFieldOfPictures(network);
  return { margin: Math.min(margin, MOST_MARGIN * alignment), alignment };
};
