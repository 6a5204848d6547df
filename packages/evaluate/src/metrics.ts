/** Opens the metrics of an evaluation by their names. */
import { resolve } from "node:path";
import type { Engine } from "@tadsr/core";
import { readFeatureNetwork } from "@tadsr/files";
import { BORDERED_METRICS, type Metric, openPerceptualMetric, pictureMetrics } from "@tadsr/metrics";
import { nearestName } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { MetricsChoice } from "./choices.ts";
import { because, type EvaluateError, uselessOption } from "./errors.ts";

const PERCEPTUAL = "perceptual";

/** The metrics if none is named; perceptual is added if there is a network for it. */
const USUAL = ["psnr", "ssim", "niqe"];

/** The metrics that use luma and may round it. */
const OF_LUMA: readonly string[] = ["psnr-y", "ssim"];

export interface OpenMetrics {
  readonly metrics: readonly Metric[];
  readonly close: () => Promise<void>;
}

const namesOf = ({ names, features }: MetricsChoice): readonly string[] =>
  names === undefined ? [...USUAL, ...(features === undefined ? [] : [PERCEPTUAL])] : [...new Set(names)];

const unknown = (name: string, all: readonly string[]): EvaluateError => {
  const nearest = nearestName(name.toLowerCase(), all);
  const hint = nearest === null ? "" : `; did you mean ${nearest}?`;
  return {
    _tag: "UnknownMetric",
    message: `${name}: there is no such metric; there are ${all.join(", ")}${hint}`,
  };
};

const objection = (
  { features, border = 0, luma }: MetricsChoice,
  names: readonly string[],
): EvaluateError | null => {
  const isAsked = names.includes(PERCEPTUAL);
  if (names.length === 0)
    return { _tag: "NoMetric", message: "metrics names no metric; give one, such as psnr" };
  if (border > 0 && !names.some((name) => BORDERED_METRICS.includes(name)))
    return uselessOption("border", `here: only ${BORDERED_METRICS.join(", ")} leave a border out`);
  if (luma === "rounded" && !names.some((name) => OF_LUMA.includes(name)))
    return uselessOption("luma", `here: only ${OF_LUMA.join(" and ")} use it`);
  if (isAsked && features === undefined)
    return {
      _tag: "FeaturesMissing",
      message: `${PERCEPTUAL} needs the weights of a feature network; give their file`,
    };
  return !isAsked && features !== undefined
    ? uselessOption("features", `without the metric ${PERCEPTUAL}; add it`)
    : null;
};

const openPerceptual =
  <E>(
    { weights, linear }: NonNullable<MetricsChoice["features"]>,
    openEngine: TE.TaskEither<E, Engine<unknown>>,
    workingFolder: string,
  ): TE.TaskEither<EvaluateError | E, OpenMetrics> =>
  async () => {
    const linearFile = linear === undefined ? undefined : resolve(workingFolder, linear);
    const network = await readFeatureNetwork(resolve(workingFolder, weights), linearFile)();
    if (E.isLeft(network)) return E.left(because("InvalidFeatures")(network.left));
    const engine = await openEngine();
    if (E.isLeft(engine)) return engine;
    const opened = await openPerceptualMetric(engine.right, network.right)();
    if (E.isLeft(opened)) {
      await engine.right.close();
      return E.left(because("InvalidFeatures")(opened.left));
    }
    const { close, ...metric } = opened.right;
    return E.right({
      metrics: [metric],
      close: async () => {
        close();
        await engine.right.close();
      },
    });
  };

/** In the order in which they are named. Errors in names are found before any network is read. */
export const openMetrics =
  <E>(
    choice: MetricsChoice,
    openEngine: TE.TaskEither<E, Engine<unknown>>,
    workingFolder: string,
  ): TE.TaskEither<EvaluateError | E, OpenMetrics> =>
  async () => {
    const plain = pictureMetrics({ border: choice.border ?? 0, rounded: choice.luma === "rounded" });
    const all = [...plain.map(({ name }) => name), PERCEPTUAL];
    const names = namesOf(choice);
    const stranger = names.find((name) => !all.includes(name));
    if (stranger !== undefined) return E.left(unknown(stranger, all));
    const wrong = objection(choice, names);
    if (wrong !== null) return E.left(wrong);
    const { features } = choice;
    const perceptual =
      features === undefined
        ? E.right({ metrics: [], close: async () => undefined })
        : await openPerceptual(features, openEngine, workingFolder)();
    if (E.isLeft(perceptual)) return perceptual;
    const found = [...plain, ...perceptual.right.metrics];
    const metrics = names.map((name) => found.find((metric) => metric.name === name) as Metric);
    return E.right({ metrics, close: perceptual.right.close });
  };
