/** Draws both pictures on the screen, the result to the right of the line. */
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
  /** Where the line is, from 0 at the left edge of the screen to 1 at its right. */
  readonly split: number;
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

export const paint = (context: CanvasRenderingContext2D, scene: Scene): void => {
  const { screen, camera, picture, preview, detail, split } = scene;
  context.clearRect(0, 0, screen.width, screen.height);
  const whole = onScreen(camera, { x: 0, y: 0, ...picture });
  context.fillStyle = checkered(context);
  context.fillRect(whole.x, whole.y, whole.width, whole.height);
  const line = split * screen.width;
  for (const side of ["before", "after"] as const) {
    context.save();
    context.beginPath();
    if (side === "before") context.rect(0, 0, line, screen.height);
    else context.rect(line, 0, screen.width - line, screen.height);
    context.clip();
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = camera.scale < 1 ? "medium" : "low";
    context.drawImage(preview[side], whole.x, whole.y, whole.width, whole.height);
    if (detail !== null) {
      const part = onScreen(camera, detail.rectangle);
      // Single pixels of the result are to be seen as such.
      context.imageSmoothingEnabled = side === "before" || camera.scale < 2;
      context.drawImage(detail.pair[side], part.x, part.y, part.width, part.height);
    }
    context.restore();
  }
};
