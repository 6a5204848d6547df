/** A part of a picture in the size in which it is shown. */
import { COLOURS, type Rectangle, type Size } from "@tadsr/model";
import type { Rows } from "./kept-result.ts";
import type { View } from "./messages.ts";

/** Pixels per side that are averaged for one of the view, at most. More would hardly look better and take longer. */
const SAMPLES = 4;

/** The pixels that a pixel of the view shows along one side: evenly spread over its span. */
const samplesOf = (from: number, length: number, parts: number): readonly (readonly number[])[] =>
  Array.from({ length: parts }, (_, i) => {
    const start = from + Math.floor((i * length) / parts);
    const end = Math.max(start + 1, from + Math.floor(((i + 1) * length) / parts));
    const count = Math.min(SAMPLES, end - start);
    return Array.from({ length: count }, (_, k) => start + Math.floor(((k + 0.5) * (end - start)) / count));
  });

/** Each pixel is a mean of those it covers. `size` may also be larger than the rectangle, whose pixels are repeated then. */
export const viewOf = (source: Rows, rectangle: Rectangle, size: Size): View => {
  const data = new Uint8ClampedArray(4 * size.width * size.height);
  const columns = samplesOf(rectangle.x, rectangle.width, size.width);
  const lines = samplesOf(rectangle.y, rectangle.height, size.height);
  for (const [y, line] of lines.entries()) {
    const rows = line.map((place) => ({ colours: source.row(place), alpha: source.alphaRow(place) }));
    for (const [x, column] of columns.entries()) {
      let [red, green, blue, opaque] = [0, 0, 0, 0];
      for (const { colours, alpha } of rows)
        for (const place of column) {
          const at = COLOURS * place;
          red += colours[at] as number;
          green += colours[at + 1] as number;
          blue += colours[at + 2] as number;
          opaque += alpha?.[place] ?? 255;
        }
      const count = rows.length * column.length;
      const to = 4 * (y * size.width + x);
      data[to] = red / count;
      data[to + 1] = green / count;
      data[to + 2] = blue / count;
      data[to + 3] = opaque / count;
    }
  }
  return { ...size, data };
};

/** Sides of the preview of a result are at most this. */
const PREVIEW = 1536;

/** How many pixels of the result, per side, one of its preview stands for. */
export const reductionOf = ({ width, height }: Size): number =>
  Math.max(1, Math.ceil(Math.max(width, height) / PREVIEW));

export const reducedSize = ({ width, height }: Size, reduction: number): Size => ({
  width: Math.ceil(width / reduction),
  height: Math.ceil(height / reduction),
});

/**
 * The pixels of the preview in which a part of the result begins. A pixel that reaches into the next part is left to that
 * part, since parts are done in reading order.
 */
export const reducedPart = (
  result: Rows,
  place: Rectangle,
  reduction: number,
): { readonly at: { readonly x: number; readonly y: number }; readonly reduced: View } => {
  const end = (at: number, side: number): number => (at === side ? Math.ceil : Math.floor)(at / reduction);
  const [left, top] = [Math.floor(place.x / reduction), Math.floor(place.y / reduction)];
  const right = Math.max(left + 1, end(place.x + place.width, result.width));
  const bottom = Math.max(top + 1, end(place.y + place.height, result.height));
  const [x, y] = [left * reduction, top * reduction];
  const rectangle = {
    x,
    y,
    width: Math.min(result.width, right * reduction) - x,
    height: Math.min(result.height, bottom * reduction) - y,
  };
  const size = { width: right - left, height: bottom - top };
  return { at: { x: left, y: top }, reduced: viewOf(result, rectangle, size) };
};
