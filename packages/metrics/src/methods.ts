/** Methods that make a large picture of the small one. */
import { bicubicResize, COLOURS, type Picture } from "@tadsr/model";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Fault, Method } from "./evaluate.ts";

/** Enlarges a small picture with the noise of a seed; a method without noise makes the same of any. */
export type Enlarge = (small: Picture, seed: number) => TE.TaskEither<Fault, Picture>;

/** A method of one's own under a name; `detail` says what exactly it is. */
export const enlargingMethod = (
  name: string,
  enlarge: Enlarge,
  { detail = "", parameters = null }: Partial<Pick<Method, "detail" | "parameters">> = {},
): Method => ({
  ...{ name, kind: "model", detail, parameters, isTimed: true, isFixed: false },
  make: ({ small, seed }) =>
    small === null
      ? TE.left({ message: "there is no small picture to enlarge, since nothing was degraded" })
      : enlarge(small, seed ?? 0),
});

/** [h, w, 3] bytes to [scale h, scale w, 3]; what overshoots is cut off. */
const bicubic = (small: Picture, scale: number): Picture => {
  const [width, height] = [small.width * scale, small.height * scale];
  const { data } = bicubicResize(small, height, width);
  return { width, height, channels: COLOURS, data: new Uint8Array(Uint8ClampedArray.from(data).buffer) };
};

/** Bicubic interpolation by the kernel by which the paper makes z_y (PyTorch's, a = -0.75). */
export const bicubicMethod = (name: string, scale: number): Method => ({
  ...enlargingMethod(name, (small) => TE.fromIO(() => bicubic(small, scale))),
  kind: "bicubic",
  detail: "a = -0.75, half-pixel centres, as z_y is made",
});
