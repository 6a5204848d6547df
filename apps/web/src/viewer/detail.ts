/** Fetches the visible part in full detail from the worker, when the previews are too coarse for the screen. */
import type { Rectangle, Size } from "@tadsr/model";
import type { PictureInWorker } from "@tadsr/runtime-web/worker";
import { canvasOfView } from "../session/previews.ts";
import type { Sizes } from "../session/state.ts";
import type { Detail } from "./paint.ts";

/** Whether the screen would show more than the preview has. */
export const needsDetail = (scale: number, { reduction }: Sizes): boolean =>
  reduction > 1 && scale * reduction > 1.05;

/** Whole pixels of the picture before that cover a part of the result. */
const sourceOf = ({ x, y, width, height }: Rectangle, { before, after }: Sizes): Rectangle => {
  const factor = after.width / before.width;
  const [left, top] = [Math.floor(x / factor), Math.floor(y / factor)];
  return {
    x: left,
    y: top,
    width: Math.min(before.width, Math.ceil((x + width) / factor)) - left,
    height: Math.min(before.height, Math.ceil((y + height) / factor)) - top,
  };
};

const shown = ({ width, height }: Size, scale: number): Size => ({
  width: Math.max(1, Math.min(width, Math.ceil(width * scale))),
  height: Math.max(1, Math.min(height, Math.ceil(height * scale))),
});

/** Null if the worker does not have the picture any more. */
export const fetchDetail = async (
  picture: PictureInWorker,
  visible: Rectangle,
  scale: number,
  sizes: Sizes,
): Promise<Detail | null> => {
  const factor = sizes.after.width / sizes.before.width;
  const source = sourceOf(visible, sizes);
  // Both parts begin and end at the same whole pixels of the picture before.
  const rectangle = {
    x: source.x * factor,
    y: source.y * factor,
    width: source.width * factor,
    height: source.height * factor,
  };
  const [before, after] = await Promise.all([
    picture.view({ side: "before", rectangle: source, size: shown(source, scale * factor) })(),
    picture.view({ side: "after", rectangle, size: shown(rectangle, scale) })(),
  ]);
  if (before._tag === "Left" || after._tag === "Left") return null;
  return { rectangle, pair: { before: canvasOfView(before.right), after: canvasOfView(after.right) } };
};
