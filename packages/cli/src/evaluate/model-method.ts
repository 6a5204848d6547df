/** A model on a runtime as a method. */
import { enlargingMethod, type Method } from "@tadsr/metrics";
import { plural } from "../plural.ts";
import type { OpenModel } from "../upscale/opened-model.ts";

export const modelMethod = (
  title: string,
  { name, settings, runtime, parameters, upscale }: OpenModel,
): Method => {
  const steps = settings.steps === undefined ? [] : [plural(settings.steps, "step")];
  const detail = [name, ...steps, `runtime ${runtime}`].join(", ");
  return enlargingMethod(title, (picture, seed) => upscale(picture, { seed }), {
    detail,
    parameters,
  });
};
