/** Two canvases that show a picture before and after, and where one looks. They are drawn when the browser is ready to. */
import type { Rectangle, Size } from "@tadsr/model";
import type { PictureInWorker } from "@tadsr/runtime-web/worker";
import type { Preview } from "../session/previews.ts";
import type { Sizes } from "../session/state.ts";
import { type Camera, fitted, moved, type Point, visible, withinReach, zoomed } from "./camera.ts";
import { fetchDetail, needsDetail } from "./detail.ts";
import { type Detail, paint } from "./paint.ts";

export interface Shown {
  readonly id: number;
  readonly sizes: Sizes;
  readonly preview: Preview;
  /** Null if only the preview is left. */
  readonly picture: PictureInWorker | null;
}

export interface Stage {
  /** Another picture is shown as a whole; the same one stays where it is. */
  readonly show: (shown: Shown | null) => void;
  /** Pixels of the result changed: those in a part of it, or all. */
  readonly refresh: (part: Rectangle | null) => void;
  /** Points and distances are in CSS pixels of the canvases. */
  readonly move: (by: Point) => void;
  /** Around a point; without one, around the middle. */
  readonly zoom: (factor: number, at?: Point) => void;
  readonly fit: () => void;
  /** One pixel of the result for each of the screen. */
  readonly actualSize: (at?: Point) => void;
  readonly resize: () => void;
  readonly dispose: () => void;
}

/** Detail is fetched when nothing has moved for so many milliseconds. */
const STILL = 150;

/** What is to be drawn again. */
type Dirty = readonly Rectangle[] | "all";

/** The canvases of the two sides lie on each other. */
export type Canvases = Readonly<Record<keyof Preview, HTMLCanvasElement>>;

/** `onScale` is told how large a pixel of the result is on the screen. */
export const createStage = (canvases: Canvases, onScale: (scale: number) => void): Stage => {
  const { before, after } = canvases;
  const contexts = { before: before.getContext("2d"), after: after.getContext("2d") };
  let shown: Shown | null = null;
  let camera: Camera = { scale: 1, x: 0, y: 0 };
  let detail: Detail | null = null;
  let dirty: Dirty = [];
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isFetching = false;
  let isFitted = true;

  const density = (): number => globalThis.devicePixelRatio || 1;
  const screen = (): Size => ({ width: after.width, height: after.height });
  const drawSide = (side: keyof Preview, parts: readonly (Rectangle | null)[]): void => {
    const context = contexts[side];
    if (context === null) return;
    if (shown === null) {
      context.clearRect(0, 0, after.width, after.height);
      return;
    }
    const { sizes, preview } = shown;
    const scene = { screen: screen(), camera, picture: sizes.after, preview, detail };
    for (const part of parts) paint(context, side, scene, part);
  };
  const draw = (): void => {
    frame = 0;
    // Only the result changes in parts.
    if (dirty === "all") drawSide("before", [null]);
    drawSide("after", dirty === "all" ? [null] : dirty);
    dirty = [];
  };
  const redraw = (part: Rectangle | null = null): void => {
    dirty = part === null || dirty === "all" ? "all" : [...dirty, part];
    if (frame === 0) frame = requestAnimationFrame(draw);
  };

  const fetchNow = async (): Promise<void> => {
    const asked = shown;
    if (asked === null || asked.picture === null || isFetching) return;
    if (!needsDetail(camera.scale, asked.sizes)) {
      detail = null;
      return;
    }
    isFetching = true;
    const found = await fetchDetail(
      asked.picture,
      visible(camera, screen(), asked.sizes.after),
      camera.scale,
      asked.sizes,
    );
    isFetching = false;
    if (shown?.id !== asked.id) return;
    detail = found;
    redraw();
  };
  const fetchSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void fetchNow(), STILL);
  };

  const look = (next: Camera): void => {
    camera = next;
    onScale(camera.scale);
    redraw();
    fetchSoon();
  };
  const fit = (): void => {
    isFitted = true;
    if (shown !== null) look(fitted(screen(), shown.sizes.after));
  };
  const zoom = (factor: number, at?: Point): void => {
    if (shown === null) return;
    isFitted = false;
    const { width, height } = screen();
    const point =
      at === undefined ? { x: width / 2, y: height / 2 } : { x: at.x * density(), y: at.y * density() };
    look(zoomed(camera, factor, point, screen(), shown.sizes.after));
  };

  return {
    show: (next) => {
      const isOther = next?.id !== shown?.id;
      shown = next;
      if (isOther) detail = null;
      if (isOther) fit();
      redraw();
    },
    refresh: (part) => {
      redraw(part);
      if (detail !== null) fetchSoon();
    },
    move: ({ x, y }) => {
      if (shown === null) return;
      isFitted = false;
      look(moved(camera, { x: x * density(), y: y * density() }, screen(), shown.sizes.after));
    },
    zoom,
    fit,
    actualSize: (at) => zoom(1 / camera.scale, at),
    resize: () => {
      const { clientWidth, clientHeight } = after;
      for (const canvas of [before, after]) {
        canvas.width = Math.max(1, Math.round(clientWidth * density()));
        canvas.height = Math.max(1, Math.round(clientHeight * density()));
      }
      if (shown === null) return;
      if (isFitted) fit();
      else look(withinReach(camera, screen(), shown.sizes.after));
      // Not in the next frame: until then the canvases would be empty.
      dirty = "all";
      draw();
    },
    dispose: () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    },
  };
};
