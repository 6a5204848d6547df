/** Draws a picture on the screen, as it is before or after. */
import type { Rectangle, Size } from "@tadsr/model";
import type { Preview } from "../session/previews.ts";
import type { Camera } from "./camera.ts";

/** The visible part in full detail. */
export interface Detail {
  /** In pixels of the result. */
  readonly rectangle: Rectangle;
  readonly pair: Preview;
}

export interface Scene {
  readonly screen: Size;
  readonly camera: Camera;
  readonly picture: Size;
  readonly preview: Preview;
  readonly detail: Detail | null;
}

const CHECK = 8;
let checks: CanvasPattern | null = null;

/** Under transparent pixels. */
const checkered = (context: CanvasRenderingContext2D): CanvasPattern | string => {
  if (checks !== null) return checks;
  const canvas = document.createElement("canvas");
  canvas.width = 2 * CHECK;
  canvas.height = 2 * CHECK;
  const small = canvas.getContext("2d");
  if (small === null) return "#ccc";
  small.fillStyle = "#d8d8d8";
  small.fillRect(0, 0, 2 * CHECK, 2 * CHECK);
  small.fillStyle = "#b8b8b8";
  small.fillRect(0, 0, CHECK, CHECK);
  small.fillRect(CHECK, CHECK, CHECK, CHECK);
  checks = context.createPattern(canvas, "repeat");
  return checks ?? "#ccc";
};

const onScreen = ({ scale, x, y }: Camera, place: Rectangle): Rectangle => ({
  x: x + scale * place.x,
  y: y + scale * place.y,
  width: scale * place.width,
  height: scale * place.height,
});

/** Draws one side anew: all of it, or what lies in a part of the result. */
export const paint = (
  context: CanvasRenderingContext2D,
  side: keyof Preview,
  { screen, camera, picture, preview, detail }: Scene,
  part: Rectangle | null,
): void => {
  const whole = onScreen(camera, { x: 0, y: 0, ...picture });
  context.save();
  if (part !== null) {
    const { x, y, width, height } = onScreen(camera, part);
    context.beginPath();
    // A pixel of the screen at the edge shows pixels of both sides of it.
    context.rect(Math.floor(x) - 1, Math.floor(y) - 1, Math.ceil(width) + 2, Math.ceil(height) + 2);
    context.clip();
  }
  context.clearRect(0, 0, screen.width, screen.height);
  context.fillStyle = checkered(context);
  // Not where the picture covers pixels of the screen by half.
  const [left, top] = [Math.ceil(whole.x), Math.ceil(whole.y)];
  const [right, bottom] = [Math.floor(whole.x + whole.width), Math.floor(whole.y + whole.height)];
  context.fillRect(left, top, right - left, bottom - top);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "low";
  context.drawImage(preview[side], whole.x, whole.y, whole.width, whole.height);
  if (detail !== null) {
    const { x, y, width, height } = onScreen(camera, detail.rectangle);
    // Single pixels of the result are to be seen as such.
    context.imageSmoothingEnabled = side === "before" || camera.scale < 2;
    context.drawImage(detail.pair[side], x, y, width, height);
  }
  context.restore();
};
