/** Mouse, touch, wheel and keys on the stage. */
import type { Point } from "./camera.ts";
import type { Stage } from "./stage.ts";

/** CSS pixels of one press of an arrow key. */
const STEP = 60;
const ZOOM = 1.5;

const middle = (points: readonly Point[]): Point => ({
  x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
  y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
});

const spread = ([a, b]: readonly Point[]): number =>
  a === undefined || b === undefined ? 0 : Math.hypot(a.x - b.x, a.y - b.y);

/** Whether the key meant something. */
const pressKey = (stage: Stage, key: string): boolean => {
  switch (key) {
    case "ArrowLeft":
      stage.move({ x: STEP, y: 0 });
      return true;
    case "ArrowRight":
      stage.move({ x: -STEP, y: 0 });
      return true;
    case "ArrowUp":
      stage.move({ x: 0, y: STEP });
      return true;
    case "ArrowDown":
      stage.move({ x: 0, y: -STEP });
      return true;
    case "+":
    case "=":
      stage.zoom(ZOOM);
      return true;
    case "-":
      stage.zoom(1 / ZOOM);
      return true;
    case "0":
      stage.fit();
      return true;
    case "1":
      stage.actualSize();
      return true;
    default:
      return false;
  }
};

/**
 * One finger or the mouse moves the picture, two fingers and the wheel zoom, and so do keys. `surface` holds the canvases.
 * Gives a function that ends this.
 */
export const listenForGestures = (surface: HTMLElement, stage: Stage): (() => void) => {
  const end = new AbortController();
  const { signal } = end;
  surface.tabIndex = 0;
  surface.addEventListener(
    "keydown",
    (event) => {
      // Keys on the line between the pictures are the line's.
      if (event.target === surface && !event.ctrlKey && !event.metaKey && pressKey(stage, event.key))
        event.preventDefault();
    },
    { signal },
  );
  const pointers = new Map<number, Point>();
  const placeOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top } = surface.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  surface.addEventListener(
    "pointerdown",
    (event) => {
      // The line between the pictures is dragged by itself.
      if (!(event.target instanceof HTMLCanvasElement)) return;
      surface.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, placeOf(event));
    },
    { signal },
  );
  surface.addEventListener(
    "pointermove",
    (event) => {
      if (!pointers.has(event.pointerId)) return;
      const before = [...pointers.values()];
      pointers.set(event.pointerId, placeOf(event));
      const after = [...pointers.values()];
      const [from, to] = [middle(before), middle(after)];
      stage.move({ x: to.x - from.x, y: to.y - from.y });
      if (spread(before) > 0) stage.zoom(spread(after) / spread(before), to);
    },
    { signal },
  );
  const release = ({ pointerId }: PointerEvent): void => {
    pointers.delete(pointerId);
  };
  surface.addEventListener("pointerup", release, { signal });
  surface.addEventListener("pointercancel", release, { signal });
  surface.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      stage.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), placeOf(event));
    },
    { signal, passive: false },
  );
  surface.addEventListener("dblclick", (event) => stage.actualSize(placeOf(event)), { signal });
  return () => end.abort();
};
