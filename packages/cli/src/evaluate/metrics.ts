/** Opens the metrics that the user names. */

import { readFeatureNetwork } from "@tadsr/files";
import { type Metric, openPerceptualMetric, pictureMetrics } from "@tadsr/metrics";
import { nearestName } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, modelFailure, usageFailure } from "../failure.ts";
import { openRuntime } from "../open-runtime.ts";
import { resolveIn, type Shell } from "../shell.ts";
import { runtimeOptions } from "../upscale/runtime-options.ts";
import type { EvaluateOptions } from "./options.ts";

const PERCEPTUAL = "perceptual";

/** The metrics if none is named; perceptual is added if there is a network for it. */
const USUAL = ["psnr", "ssim", "niqe"];

export interface OpenMetrics {
  readonly metrics: readonly Metric[];
  readonly close: () => Promise<void>;
}

/** `--metric psnr,ssim` and `--metric psnr ssim`. */
const namesOf = ({ metric, features }: EvaluateOptions): readonly string[] =>
  metric === undefined
    ? [...USUAL, ...(features === undefined ? [] : [PERCEPTUAL])]
    : [...new Set(metric.flatMap((word) => word.split(",")).map((word) => word.trim()))].filter(
        (word) => word !== "",
      );

const unknown = (name: string, all: readonly string[]): Failure => {
  const nearest = nearestName(name.toLowerCase(), all);
  const hint = nearest === null ? "" : `; did you mean ${nearest}?`;
  return usageFailure(`--metric ${name}: there is no such metric; there are ${all.join(", ")}${hint}`);
};

/** The metrics that leave a border out, and those that use luma and may round it. */
export const BORDERED: readonly string[] = ["psnr", "psnr-y", "ssim", "ssim-rgb"];
const OF_LUMA: readonly string[] = ["psnr-y", "ssim"];

const objection = (
  { features, featuresLinear, border, luma }: EvaluateOptions,
  names: readonly string[],
): string | null => {
  const isAsked = names.includes(PERCEPTUAL);
  if (names.length === 0) return "--metric names no metric; give one, such as psnr";
  if (border > 0 && !names.some((name) => BORDERED.includes(name)))
    return `--border has no meaning here: only ${BORDERED.join(", ")} leave a border out`;
  if (luma === "rounded" && !names.some((name) => OF_LUMA.includes(name)))
    return `--luma has no meaning here: only ${OF_LUMA.join(" and ")} use it`;
  if (isAsked && features === undefined)
    return `--metric ${PERCEPTUAL} needs the weights of a feature network; give their file with --features`;
  if (!isAsked && features !== undefined)
    return `--features has no meaning without --metric ${PERCEPTUAL}; add it`;
  return featuresLinear !== undefined && features === undefined
    ? "--features-linear has no meaning without --features; add --features with the network's weights"
    : null;
};

const openPerceptual =
  (shell: Shell, file: string, options: EvaluateOptions): TE.TaskEither<Failure, OpenMetrics> =>
  async () => {
    const { featuresLinear, runtime } = options;
    const linear = featuresLinear === undefined ? undefined : resolveIn(shell, featuresLinear);
    const network = await readFeatureNetwork(resolveIn(shell, file), linear)();
    if (E.isLeft(network)) return E.left(modelFailure(network.left.message));
    const engine = await openRuntime(runtime, { ...runtimeOptions(shell, options), sessions: 1 })();
    if (E.isLeft(engine)) return engine;
    const opened = await openPerceptualMetric(engine.right, network.right)();
    if (E.isLeft(opened)) {
      await engine.right.close();
      return E.left(modelFailure(opened.left.message));
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
  (shell: Shell, options: EvaluateOptions): TE.TaskEither<Failure, OpenMetrics> =>
  async () => {
    const plain = pictureMetrics({ border: options.border, rounded: options.luma === "rounded" });
    const all = [...plain.map(({ name }) => name), PERCEPTUAL];
    const names = namesOf(options);
    const stranger = names.find((name) => !all.includes(name));
    if (stranger !== undefined) return E.left(unknown(stranger, all));
    const wrong = objection(options, names);
    if (wrong !== null) return E.left(usageFailure(wrong));
    const { features } = options;
    const perceptual =
      features === undefined
        ? E.right({ metrics: [], close: async () => undefined })
        : await openPerceptual(shell, features, options)();
    if (E.isLeft(perceptual)) return perceptual;
    const found = [...plain, ...perceptual.right.metrics];
    const metrics = names.map((name) => found.find((metric) => metric.name === name) as Metric);
    return E.right({ metrics, close: perceptual.right.close });
  };
