/** `tadsr evaluate`: from the command line to a table, a report and a page. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import {
  type Evaluated,
  type EvaluateError,
  evaluateFolder,
  type MethodSource,
  measuredFolders,
  type Openers,
  recogniseMethods,
  seedsOf,
} from "@tadsr/evaluate";
import { reportPage } from "@tadsr/metrics";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { definedOf } from "../defined.ts";
import { type ExitCode, type Failure, usageFailure } from "../failure.ts";
import { liveLineOn } from "../live-line.ts";
import { openRuntime } from "../open-runtime.ts";
import type { CommandTask } from "../perform.ts";
import { runtimeOptions } from "../runtime-options.ts";
import { cannotWrite, replacing, writeSafely } from "../safe-file.ts";
import { resolveIn, type Shell } from "../shell.ts";
import { openFoundModel } from "../upscale/open-model.ts";
import { VERSION } from "../version.ts";
import type { EvaluateOptions } from "./options.ts";
import { progressOn } from "./progress-line.ts";
import { type MethodSpec, methodSpec } from "./spec.ts";
import { objectionToFiles, strayOption } from "./stray-options.ts";
import { printReport, tellLeftOut } from "./tell.ts";
import { evaluateFailure } from "./words.ts";

/** The number of originals that the page shows. */
const USUALLY_SHOWN = 8;

/** A word with "=" after `--metric`'s names is a method, but commander counts it to the option. */
const isMethod = (word: string): boolean => word.includes("=");

const specsOf = (
  shell: Shell,
  named: readonly string[],
  { model = [], metric = [] }: EvaluateOptions,
): E.Either<Failure, readonly MethodSpec[]> => {
  const words = [...named, ...model, ...metric.filter(isMethod)];
  const isThere = (path: string): boolean => existsSync(resolveIn(shell, path));
  return words.length === 0
    ? E.left(
        usageFailure("nothing to measure: give name=folder, or --model with a model's name, before --metric"),
      )
    : E.traverseArray((word: string) => methodSpec(word, isThere))(words);
};

/** `--metric psnr,ssim` and `--metric psnr ssim`. */
const metricNames = (words: readonly string[]): readonly string[] =>
  words
    .filter((word) => !isMethod(word))
    .flatMap((word) => word.split(","))
    .map((word) => word.trim())
    .filter((word) => word !== "");

const openersOf = (shell: Shell, options: EvaluateOptions): Openers<Failure> => {
  const { runtime, threads, device } = options;
  return {
    engine: openRuntime(runtime, { ...runtimeOptions(shell, options), sessions: 1 }),
    model: (model, own) =>
      openFoundModel(shell, model, { ...own, seed: 0, runtime, ...definedOf({ threads, device }) }),
  };
};

const measure = (
  shell: Shell,
  methods: readonly MethodSource[],
  options: EvaluateOptions,
): TE.TaskEither<EvaluateError | Failure, Evaluated> => {
  const { metric, border, luma, features, featuresLinear, keep, html } = options;
  const { degradation, seeds, crop, tile, steps, sampler, colourCorrection } = options;
  const { autoencoder, config, group, imageSize, window, headChannels } = options;
  const line = liveLineOn(shell);
  const measured = evaluateFolder({
    by: `tadsr ${VERSION}`,
    workingFolder: shell.folder,
    originals: options.originals,
    methods,
    open: openersOf(shell, options),
    metrics: {
      ...{ border, luma },
      ...(metric === undefined ? {} : { names: metricNames(metric) }),
      ...(features === undefined
        ? {}
        : { features: { weights: features, ...definedOf({ linear: featuresLinear }) } }),
    },
    models: definedOf({
      ...{ tile, steps, sampler, colourCorrection },
      ...{ autoencoder, config, group, imageSize, window, headChannels },
    }),
    ...definedOf({ degradation, seeds, crop }),
    ...(keep === undefined ? {} : { keep: { folder: keep, ...replacing(shell, options.force) } }),
    show: html === undefined ? 0 : (options.show ?? USUALLY_SHOWN),
    onProgress: progressOn(line),
  });
  return pipe(
    measured,
    T.chainFirstIOK(() => () => line?.clear()),
  );
};

/** Runs `work` with a function that writes a text to `path` at the end. Without a path nothing is written. */
const withFile = (
  shell: Shell,
  path: string | undefined,
  force: boolean,
  work: (write: (text: () => string) => TE.TaskEither<Failure, void>) => CommandTask,
): CommandTask =>
  path === undefined
    ? work(() => TE.right(undefined))
    : writeSafely(
        shell,
        resolveIn(shell, path),
        force,
      )((draft) =>
        work((text) =>
          TE.tryCatch(() => writeFile(draft, text()), cannotWrite(shell, resolveIn(shell, path))),
        ),
      );

/** 0 if all pictures were measured, 1 if one was left out. */
export const runEvaluate =
  (shell: Shell, named: readonly string[], options: EvaluateOptions): CommandTask =>
  async () => {
    const specs = specsOf(shell, named, options);
    if (E.isLeft(specs)) return specs;
    const failureOf = evaluateFailure(specs.right);
    const methods = await recogniseMethods(specs.right, shell.folder)();
    if (E.isLeft(methods)) return E.left(failureOf(methods.left));
    const inputs = measuredFolders(options.originals, methods.right, seedsOf(methods.right, options.seeds));
    const wrong = strayOption(options, methods.right) ?? (await objectionToFiles(shell, options, inputs));
    if (wrong !== null) return E.left(wrong);
    const force = options.force === true;
    return withFile(shell, options.out, force, (writeReport) =>
      withFile(shell, options.html, force, (writePage) =>
        pipe(
          measure(shell, methods.right, options),
          TE.mapLeft(failureOf),
          TE.chainFirst(({ report }) => writeReport(() => `${JSON.stringify(report)}\n`)),
          TE.chainFirst(({ report, shown }) => writePage(() => reportPage(report, shown))),
          TE.chainFirstEitherK(({ report }) => {
            tellLeftOut(shell, report.leftOut);
            return printReport(shell, report, options.json === true);
          }),
          TE.map(
            ({ report }): ExitCode => (report.leftOut.some(({ of }) => of === report.originals) ? 1 : 0),
          ),
        ),
      ),
    )();
  };
