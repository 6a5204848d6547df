/** Parts of pictures. */
import { COLOURS, type Picture, type Rectangle } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";

/** A rectangle inside the picture. */
export const partOf = (picture: Picture, { x, y, width, height }: Rectangle): Picture => {
  const data = new Uint8Array(width * height * COLOURS);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * picture.width + x) * COLOURS;
    data.set(picture.data.subarray(from, from + width * COLOURS), row * width * COLOURS);
  }
  return { width, height, channels: COLOURS, data };
};

/** The picture's upper left part of this size, or the picture itself if it has this size. */
export const upperLeft = (picture: Picture, width: number, height: number): Picture =>
  picture.width === width && picture.height === height
    ? picture
    : partOf(picture, { x: 0, y: 0, width, height });

/** The square of `side` pixels in the middle, or a message if the picture is smaller. */
export const middleOf = (picture: Picture, side: number): E.Either<string, Picture> => {
  const { width, height } = picture;
  return Math.min(width, height) < side
    ? E.left(
        `${width} x ${height} pixels, smaller than the ${side} x ${side} that are to be cut from its middle`,
      )
    : E.right(
        partOf(picture, {
          x: Math.floor((width - side) / 2),
          y: Math.floor((height - side) / 2),
          width: side,
          height: side,
        }),
      );
};

/** Sides may differ by this share of the original's: a method may crop to a multiple, or leave out a border. */
const MOST_DIFFERENCE = 1 / 8;

const sizeOf = ({ width, height }: Picture): string => `${width} x ${height}`;

/**
 * Both pictures cut to the part that they have in common, from the upper left corner; or a message if the sizes differ
 * by more than an eighth: then one is hardly an upscaling of the other.
 */
export const commonPart = (
  picture: Picture,
  original: Picture,
): E.Either<string, readonly [Picture, Picture]> => {
  const apart = Math.max(
    Math.abs(picture.width - original.width) / original.width,
    Math.abs(picture.height - original.height) / original.height,
  );
  if (apart > MOST_DIFFERENCE)
    return E.left(
      `${sizeOf(picture)} pixels, and its original has ${sizeOf(original)}; sides may differ by an eighth at most`,
    );
  const [width, height] = [
    Math.min(picture.width, original.width),
    Math.min(picture.height, original.height),
  ];
  return E.right([upperLeft(picture, width, height), upperLeft(original, width, height)]);
};
