/** A model on a runtime as a method. */
import { enlargingMethod, type Method } from "@tadsr/metrics";
import { COLOURS, type Picture } from "@tadsr/model";
import * as TE from "fp-ts/lib/TaskEither.js";
import { plural } from "../plural.ts";
import type { OpenModel } from "../upscale/opened-model.ts";

export const modelMethod = (
  title: string,
  { name, factor, settings, runtime, parameters, enlarge }: OpenModel,
): Method => {
  const steps = settings.steps === undefined ? [] : [plural(settings.steps, "step")];
  const detail = [name, ...steps, `runtime ${runtime}`].join(", ");
  return enlargingMethod(
    title,
    ({ width, height, data: rgb }, seed) =>
      TE.map(
        (data: Uint8Array): Picture => ({
          width: width * factor,
          height: height * factor,
          channels: COLOURS,
          data,
        }),
      )(enlarge({ width, height, rgb }, () => undefined, seed)),
    { detail, parameters },
  );
};
