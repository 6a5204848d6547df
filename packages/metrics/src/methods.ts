/** Methods that make a large picture from a small one. */
import { bicubicResize, COLOURS, type Picture } from "@tadsr/model";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Fault, Method } from "./evaluate.ts";

/** Upscales a small picture with the noise of a seed. A method without noise ignores the seed. */
export type Upscale = (small: Picture, seed: number) => TE.TaskEither<Fault, Picture>;

/** A method with its own name; `detail` describes it. */
export const upscalingMethod = (
  name: string,
  upscale: Upscale,
  { detail = "", parameters = null }: Partial<Pick<Method, "detail" | "parameters">> = {},
): Method => ({
  ...{ name, kind: "model", detail, parameters, isTimed: true, isFixed: false },
  make: ({ small, seed }) =>
    small === null
      ? TE.left({ message: "there is no small picture to upscale, because nothing was degraded" })
      : upscale(small, seed ?? 0),
});

/** [h, w, 3] bytes to [scale h, scale w, 3]; overshoot is clamped. */
const bicubic = (small: Picture, scale: number): Picture => {
  const [width, height] = [small.width * scale, small.height * scale];
  const { data } = bicubicResize(small, height, width);
  return { width, height, channels: COLOURS, data: new Uint8Array(Uint8ClampedArray.from(data).buffer) };
};

/** Bicubic interpolation by the kernel with which the paper makes z_y (PyTorch's, a = -0.75). */
export const bicubicMethod = (name: string, scale: number): Method => ({
  ...upscalingMethod(name, (small) => TE.fromIO(() => bicubic(small, scale))),
  kind: "bicubic",
  detail: "a = -0.75, half-pixel centres, as z_y is made",
});
