/** Where one looks: how many pixels of the screen a pixel of the result takes, and where the result's corner lies. */
import type { Rectangle, Size } from "@tadsr/model";

export interface Camera {
  /** Pixels of the screen for one of the result. */
  readonly scale: number;
  /** The result's upper left corner, in pixels of the screen. */
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A pixel of the result is at most so many of the screen. */
const MOST = 8;
const MARGIN = 0.96;

const fittingScale = (screen: Size, picture: Size): number =>
  Math.min(4, MARGIN * Math.min(screen.width / picture.width, screen.height / picture.height));

export const fitted = (screen: Size, picture: Size): Camera => {
  const scale = fittingScale(screen, picture);
  return {
    scale,
    x: (screen.width - scale * picture.width) / 2,
    y: (screen.height - scale * picture.height) / 2,
  };
};

/** Along one side: centred if all fits, otherwise without a gap at an edge. */
const kept = (at: number, length: number, screen: number): number =>
  length <= screen ? (screen - length) / 2 : Math.min(0, Math.max(screen - length, at));

export const withinReach = ({ scale, x, y }: Camera, screen: Size, picture: Size): Camera => ({
  scale,
  x: kept(x, scale * picture.width, screen.width),
  y: kept(y, scale * picture.height, screen.height),
});

export const moved = (camera: Camera, by: Point, screen: Size, picture: Size): Camera =>
  withinReach({ ...camera, x: camera.x + by.x, y: camera.y + by.y }, screen, picture);

/** Larger or smaller by a factor; what lies under the point stays there. */
export const zoomed = (camera: Camera, factor: number, at: Point, screen: Size, picture: Size): Camera => {
  const least = fittingScale(screen, picture);
  const scale = Math.min(Math.max(MOST, least), Math.max(least, camera.scale * factor));
  const ratio = scale / camera.scale;
  const [x, y] = [at.x - ratio * (at.x - camera.x), at.y - ratio * (at.y - camera.y)];
  return withinReach({ scale, x, y }, screen, picture);
};

/** The part of the result that the screen shows, in whole pixels of the result. */
export const visible = ({ scale, x, y }: Camera, screen: Size, picture: Size): Rectangle => {
  const left = Math.max(0, Math.floor(-x / scale));
  const top = Math.max(0, Math.floor(-y / scale));
  const right = Math.min(picture.width, Math.ceil((screen.width - x) / scale));
  const bottom = Math.min(picture.height, Math.ceil((screen.height - y) / scale));
  return { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
};
