/** A result part by part, as it is done, and the parts put together. */
import * as E from "fp-ts/lib/Either.js";
import type { Picture, Rectangle } from "./picture.ts";
import { noRoomFor, type UpscaleError } from "./upscale-options.ts";

/** A part of the result that is done. */
export interface FinishedTile {
  /** Its place in the result, in the result's pixels. */
  readonly place: Rectangle;
  /** [place.height, place.width, 3]. */
  readonly data: Uint8Array;
  /** How many are done with this one, and how many there are. */
  readonly done: number;
  readonly total: number;
}

/** The parts of a result, each as it is done; ends after a failure. */
export type FinishedTiles = AsyncGenerator<E.Either<UpscaleError, FinishedTile>, void>;

/** Puts a tile into its place in the result. */
export const placeTile = (result: Picture, { place, data }: Pick<FinishedTile, "place" | "data">): void => {
  const length = place.width * 3;
  for (let row = 0; row < place.height; row++) {
    const to = ((place.y + row) * result.width + place.x) * 3;
    result.data.set(data.subarray(row * length, (row + 1) * length), to);
  }
};

/** A result to be filled, or that memory has no room for it. */
const emptyPicture = (width: number, height: number): E.Either<UpscaleError, Picture> =>
  E.tryCatch(
    (): Picture => ({ width, height, channels: 3, data: new Uint8Array(width * height * 3) }),
    () => noRoomFor(width, height),
  );

/** The whole result, `factor` times the size of a picture that has been checked. */
export const wholeOfTiles = async (
  picture: Picture,
  factor: number,
  tiles: () => FinishedTiles,
): Promise<E.Either<UpscaleError, Picture>> => {
  const result = emptyPicture(picture.width * factor, picture.height * factor);
  if (E.isLeft(result)) return result;
  for await (const tile of tiles()) {
    if (E.isLeft(tile)) return tile;
    placeTile(result.right, tile.right);
  }
  return result;
};
