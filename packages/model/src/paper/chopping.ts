/**
 * How the authors handle pictures of any size (ResShift, utils/util_image.py): pad them by reflection to whole
 * multiples, cut them into overlapping tiles, and average the overlaps. The networks see all of a tile, so tiles that
 * only touch would show seams.
 */
import type { FloatRaster, Raster, Rectangle } from "../picture.ts";

/** Mirrors a place at the first and last of `size` pixels until it is inside. */
const mirrored = (place: number, size: number): number => {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const within = place % period;
  return within < size ? within : period - within;
};

/**
 * Extends the picture at its right and bottom to width x height by reflection, as PyTorch's `pad(mode="reflect")`: the
 * edge pixel is not repeated. If that is not enough, it is reflected again. `map` is applied to each value.
 */
export const reflectPad = (
  { width: from, height: rows, channels, data }: Raster,
  width: number,
  height: number,
  map: (value: number) => number,
): FloatRaster => {
  const result = new Float32Array(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = mirrored(y, rows) * from;
    for (let x = 0; x < width; x++) {
      const at = (row + mirrored(x, from)) * channels;
      for (let c = 0; c < channels; c++) result[to++] = map(data[at + c] as number);
    }
  }
  return { width, height, channels, data: result };
};

/** A part of the picture; all of it is inside. */
export const cut = (
  { width, channels, data }: FloatRaster,
  { x, y, width: wide, height }: Rectangle,
): FloatRaster => {
  const result = new Float32Array(wide * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * width + x) * channels;
    result.set(data.subarray(from, from + wide * channels), row * wide * channels);
  }
  return { width: wide, height, channels, data: result };
};

/** Where tiles begin along one side: one stride apart, and the last one ends with the picture. */
const starts = (size: number, tile: number, stride: number): readonly number[] =>
  size <= tile
    ? [0]
    : [...Array.from({ length: Math.ceil((size - tile) / stride) }, (_, i) => i * stride), size - tile];

/** The stride is 7/8 of the tile: 448 for 512, as in the authors' code. */
const strideOf = (tile: number): number => (tile * 7) / 8;

/** The tiles in reading order; sizes are in pixels of the padded picture. */
export const planChops = (width: number, height: number, tile: number): readonly Rectangle[] => {
  const size = { width: Math.min(width, tile), height: Math.min(height, tile) };
  const across = starts(width, tile, strideOf(tile));
  return starts(height, tile, strideOf(tile)).flatMap((y) => across.map((x) => ({ x, y, ...size })));
};

/**
 * For each tile, in their order, the part of a result of width x height that no later tile has: these parts are a
 * partition of it. Tiles and result are in the same pixels; the result may be smaller than what was cut.
 */
export const finishedParts = (
  tiles: readonly Rectangle[],
  width: number,
  height: number,
): readonly Rectangle[] => {
  const next = (starts: readonly number[], start: number, size: number): number =>
    Math.min(size, ...starts.filter((other) => other > start));
  const across = tiles.map(({ x }) => x);
  const down = tiles.map(({ y }) => y);
  return tiles.map(({ x, y }) => ({
    x,
    y,
    width: next(across, x, width) - x,
    height: next(down, y, height) - y,
  }));
};

/** How many of the tiles have each place along one side. */
const coverage = (spans: readonly (readonly [number, number])[], size: number): Uint16Array => {
  const counts = new Uint16Array(size);
  for (const [start, length] of spans)
    for (let i = start; i < Math.min(size, start + length); i++) counts[i] = (counts[i] as number) + 1;
  return counts;
};

/** Adds a tile's result to `sum`, which may be smaller than the padded picture that the tiles are cut from. */
export const addTile = (sum: FloatRaster, tile: FloatRaster, { x, y }: Rectangle): void => {
  const { channels } = sum;
  const columns = Math.min(tile.width, sum.width - x) * channels;
  for (let row = 0; row < Math.min(tile.height, sum.height - y); row++) {
    const to = ((y + row) * sum.width + x) * channels;
    const from = row * tile.width * channels;
    for (let i = 0; i < columns; i++)
      sum.data[to + i] = (sum.data[to + i] as number) + (tile.data[from + i] as number);
  }
};

/** Divides, in place, a part of what `addTile` summed by how many tiles have each pixel; all of it unless one is given. */
export const averageTiles = (
  sum: FloatRaster,
  places: readonly Rectangle[],
  part: Rectangle = { x: 0, y: 0, width: sum.width, height: sum.height },
): void => {
  const { width, height, channels, data } = sum;
  const unique = (spans: readonly (readonly [number, number])[]) => [...new Map(spans).entries()];
  const down = coverage(unique(places.map((place) => [place.y, place.height])), height);
  const across = coverage(unique(places.map((place) => [place.x, place.width])), width);
  for (let y = part.y; y < part.y + part.height; y++) {
    let at = (y * width + part.x) * channels;
    for (let x = part.x; x < part.x + part.width; x++)
      for (let c = 0; c < channels; c++, at++)
        data[at] = (data[at] as number) / ((down[y] as number) * (across[x] as number));
  }
};
