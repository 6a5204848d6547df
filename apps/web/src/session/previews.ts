/** Small pictures of each photo before and after, on canvases that are never in the document. */
import type { Started, TileDone, View } from "@tadsr/runtime-web/worker";

export interface Preview {
  readonly before: HTMLCanvasElement;
  readonly after: HTMLCanvasElement;
}

const canvasOf = (width: number, height: number): HTMLCanvasElement => {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
};

const drawView = (canvas: HTMLCanvasElement, { data, width, height }: View, x = 0, y = 0): void => {
  canvas.getContext("2d")?.putImageData(new ImageData(data, width, height), x, y);
};

export const canvasOfView = (view: View): HTMLCanvasElement => {
  const canvas = canvasOf(view.width, view.height);
  drawView(canvas, view);
  return canvas;
};

/** What is not done yet looks as before. */
export const previewOf = ({
  preview,
  after,
  reduction,
}: Pick<Started, "preview" | "after" | "reduction">): Preview => {
  const before = canvasOfView(preview);
  const larger = canvasOf(Math.ceil(after.width / reduction), Math.ceil(after.height / reduction));
  larger.getContext("2d")?.drawImage(before, 0, 0, larger.width, larger.height);
  return { before, after: larger };
};

export const drawTile = ({ after }: Preview, { at, reduced }: Pick<TileDone, "at" | "reduced">): void =>
  drawView(after, reduced, at.x, at.y);
