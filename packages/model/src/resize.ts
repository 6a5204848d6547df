/**
 * Bicubic resizing as the method makes z_y: a = -0.75, half-pixel centres, no antialias, edges clamped; PyTorch's
 * `interpolate(mode="bicubic", align_corners=False)`.
 */
import type { FloatRaster, Raster, Rectangle } from "./picture.ts";

const A = -0.75;
const TAPS = 4;

/** The cubic convolution kernel (Keys 1981) within one pixel of its centre. */
const near = (x: number): number => ((A + 2) * x - (A + 3)) * x * x + 1;

/** The same between one and two pixels from its centre. */
const far = (x: number): number => ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;

interface Taps {
  /** Four source positions for each output position, clamped into the source. */
  readonly positions: Int32Array;
  readonly weights: Float64Array;
  /** The source positions used: first..last. */
  readonly first: number;
  readonly last: number;
}

/** The taps of output positions start..start+length-1, for a resize from `from` pixels to `to`. */
const tapsOf = (from: number, to: number, start: number, length: number): Taps => {
  const positions = new Int32Array(length * TAPS);
  const weights = new Float64Array(length * TAPS);
  let [first, last] = [from - 1, 0];
  for (let i = 0; i < length; i++) {
    const centre = ((start + i + 0.5) * from) / to - 0.5;
    const base = Math.floor(centre);
    const t = centre - base;
    weights.set([far(1 + t), near(t), near(1 - t), far(2 - t)], i * TAPS);
    for (let k = 0; k < TAPS; k++) {
      const position = Math.min(from - 1, Math.max(0, base - 1 + k));
      positions[i * TAPS + k] = position;
      first = Math.min(first, position);
      last = Math.max(last, position);
    }
  }
  return { positions, weights, first, last };
};

type Four = readonly [number, number, number, number];

const four = (list: Int32Array | Float64Array, at: number): Four =>
  [list[at], list[at + 1], list[at + 2], list[at + 3]] as unknown as Four;

/** Source rows first..last, as the vertical taps need them, resized along the row: [rows, width, channels]. */
const resizeRows = (source: Raster, across: Taps, down: Taps, width: number): Float64Array => {
  const { channels, data } = source;
  const result = new Float64Array((down.last - down.first + 1) * width * channels);
  let to = 0;
  for (let row = down.first; row <= down.last; row++) {
    const origin = row * source.width * channels;
    for (let i = 0; i < width * TAPS; i += TAPS) {
      const [w_0, w_1, w_2, w_3] = four(across.weights, i);
      const [p_0, p_1, p_2, p_3] = four(across.positions, i);
      for (let at = origin; at < origin + channels; at++) {
        result[to++] =
          w_0 * (data[at + p_0 * channels] as number) +
          w_1 * (data[at + p_1 * channels] as number) +
          w_2 * (data[at + p_2 * channels] as number) +
          w_3 * (data[at + p_3 * channels] as number);
      }
    }
  }
  return result;
};

/**
 * Resizes to height x width and returns its `window` (all, if left out), in pixels of the result.
 *
 * The source's edge pixels are repeated without end, so the window may reach beyond the result. A window's values are
 * those of the whole result to the last bit. Values are not clamped: bicubic overshoots at edges. Sizes must be at
 * least 1.
 */
export const bicubicResize = (
  source: Raster,
  height: number,
  width: number,
  window: Rectangle = { x: 0, y: 0, width, height },
): FloatRaster => {
  const across = tapsOf(source.width, width, window.x, window.width);
  const down = tapsOf(source.height, height, window.y, window.height);
  const rows = resizeRows(source, across, down, window.width);
  const length = window.width * source.channels;
  const data = new Float32Array(window.height * length);
  let to = 0;
  for (let i = 0; i < window.height * TAPS; i += TAPS) {
    const [w_0, w_1, w_2, w_3] = four(down.weights, i);
    const [r_0, r_1, r_2, r_3] = four(
      down.positions.subarray(i, i + TAPS).map((row) => (row - down.first) * length),
      0,
    );
    for (let at = 0; at < length; at++) {
      data[to++] =
        w_0 * (rows[r_0 + at] as number) +
        w_1 * (rows[r_1 + at] as number) +
        w_2 * (rows[r_2 + at] as number) +
        w_3 * (rows[r_3 + at] as number);
    }
  }
  return { width: window.width, height: window.height, channels: source.channels, data };
};
