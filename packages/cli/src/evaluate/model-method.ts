/** Models, and bicubic interpolation, as methods: both make a large picture of the small one. */
import type { Method } from "@tadsr/metrics";
import { bicubicResize, COLOURS, type Picture } from "@tadsr/model";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Failure } from "../failure.ts";
import { plural } from "../plural.ts";
import type { OpenModel } from "../upscale/opened-model.ts";

const withSmall = (
  small: Picture | null,
  make: (small: Picture) => TE.TaskEither<Failure, Picture>,
): TE.TaskEither<Failure, Picture> => {
  if (small === null) throw new Error("a method that enlarges was given no small picture");
  return make(small);
};

export const modelMethod = (name: string, model: OpenModel): Method => {
  const { factor, settings, runtime, parameters } = model;
  const steps = settings.steps === undefined ? [] : [plural(settings.steps, "step")];
  return {
    name,
    kind: "model",
    detail: [model.name, ...steps, `runtime ${runtime}`].join(", "),
    parameters,
    isTimed: true,
    isFixed: false,
    make: ({ small, seed }) =>
      withSmall(small, ({ width, height, data }) =>
        TE.map(
          (rgb: Uint8Array): Picture => ({
            width: width * factor,
            height: height * factor,
            channels: COLOURS,
            data: rgb,
          }),
        )(model.enlarge({ width, height, rgb: data }, () => undefined, seed ?? 0)),
      ),
  };
};

/** [h, w, 3] bytes to [scale h, scale w, 3]; what overshoots is cut off. */
const bicubic = (small: Picture, scale: number): Picture => {
  const [width, height] = [small.width * scale, small.height * scale];
  const { data } = bicubicResize(small, height, width);
  return { width, height, channels: COLOURS, data: new Uint8Array(Uint8ClampedArray.from(data).buffer) };
};

/** The paper's own: the kernel by which z_y is made. */
export const bicubicMethod = (name: string, scale: number): Method => ({
  name,
  kind: "bicubic",
  detail: "a = -0.75, half-pixel centres, as z_y is made",
  parameters: null,
  isTimed: true,
  isFixed: false,
  make: ({ small }) => withSmall(small, (picture) => TE.fromIO(() => bicubic(picture, scale))),
});
