/** An opened model as a method. */
import { type Method, upscalingMethod } from "@tadsr/metrics";
import type { OpenedModel } from "./openers.ts";

export const modelMethod = (
  title: string,
  { name, settings: { steps }, runtime, parameters, upscale }: OpenedModel,
): Method => {
  const taken = steps === undefined ? [] : [steps === 1 ? "1 step" : `${steps} steps`];
  return upscalingMethod(title, (small, seed) => upscale(small, { seed }), {
    detail: [name, ...taken, `runtime ${runtime}`].join(", "),
    parameters,
  });
};
