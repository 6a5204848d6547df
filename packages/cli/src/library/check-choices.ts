/** Checks the options that are one of a few words. A program in JavaScript may give any word. */
import { COLOUR_CORRECTIONS, publishedModels, SAMPLERS } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { type Failure, usageFailure } from "../failure.ts";
import { runtimeNames } from "../runtimes.ts";

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  runtime: ["auto", ...runtimeNames],
  sampler: SAMPLERS,
  colourCorrection: COLOUR_CORRECTIONS,
  config: Object.keys(publishedModels),
};

/** Refuses a word that the option does not have. */
export const checkChoices = (options: object): E.Either<Failure, void> => {
  for (const [option, choices] of Object.entries(CHOICES)) {
    const found: unknown = Reflect.get(options, option);
    if (found !== undefined && !choices.includes(String(found)))
      return E.left(usageFailure(`${option} is ${String(found)}; allowed: ${choices.join(", ")}`));
  }
  return E.right(undefined);
};
