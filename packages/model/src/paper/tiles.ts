/** Sides of the tiles that a picture is cut into: the authors' own, and a smaller one if that does not fit. */
import { AUTHORS_TILE } from "./paper-options.ts";

export const TILES = [AUTHORS_TILE, 256, 128, 64] as const;
