/** Sides of tiles that a picture is cut into: the authors' own, and what becomes of it where it does not fit. */
import { AUTHORS_TILE } from "./paper-options.ts";

export const TILES = [AUTHORS_TILE, 256, 128, 64] as const;
