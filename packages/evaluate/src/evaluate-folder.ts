/** The whole evaluation of methods on a folder of originals. */
import { evaluate, type LeftOut, type Original, type PagePicture, type Report } from "@tadsr/metrics";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { because, type EvaluateError } from "./errors.ts";
import type { FolderEvaluation } from "./evaluation.ts";
import type { Keep } from "./keep.ts";
import { openMetrics } from "./metrics.ts";
import { type OpenMethods, openMethods } from "./open-methods.ts";
import type { Originals } from "./originals.ts";
import { prepare } from "./prepare.ts";
import { type ShownPictures, shownPictures } from "./shown-pictures.ts";

export interface Evaluated {
  readonly report: Report;
  /** The pictures of some of the originals, evenly spread, for `reportPage`. */
  readonly shown: readonly PagePicture[];
}

const leftOutBefore = (
  { title, leftOut }: Originals,
  { missing, spare }: OpenMethods,
): readonly LeftOut[] => [
  ...leftOut,
  ...[...missing].map(([name, reason]) => ({ of: title, name, reason })),
  ...spare,
];

/** Keeps a trial's pictures, then collects them for the page. */
const afterTrial =
  (keep: Keep | null, shown: ShownPictures): Keep =>
  (trial, made) =>
    pipe(
      keep === null ? TE.right(undefined) : keep(trial, made),
      TE.chain(() => shown.add(trial, made)),
    );

/**
 * Measures methods on the pictures of a folder, by the protocol of @tadsr/metrics. A picture that cannot be read, made
 * or measured is left out for all methods, and the report lists it. Options are checked, folders listed and models
 * described before any weights are read. All engines are closed at the end, also after an error.
 */
export const evaluateFolder =
  <E>(options: FolderEvaluation<E>): TE.TaskEither<EvaluateError | E, Evaluated> =>
  async () => {
    const prepared = await prepare(options)();
    if (E.isLeft(prepared)) return prepared;
    const { workingFolder, seeds, degrading, originals, keep } = prepared.right;
    const closing: (() => Promise<void>)[] = [];
    try {
      const opened = await openMetrics(options.metrics ?? {}, options.open.engine, workingFolder)();
      if (E.isLeft(opened)) return opened;
      closing.push(opened.right.close);
      const { metrics } = opened.right;
      const methods = await openMethods(options, prepared.right, closing)();
      if (E.isLeft(methods)) return methods;
      const isThere = ({ name }: Original): boolean => !methods.right.missing.has(name);
      const pictures = originals.pictures.filter(isThere);
      const names = pictures.map(({ name }) => name);
      const shown = shownPictures(names, options.show ?? 0, metrics);
      const report = await evaluate({
        ...(options.by === undefined ? {} : { by: options.by }),
        ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
        title: originals.title,
        originals: pictures,
        methods: methods.right.methods,
        metrics,
        seeds,
        degrading,
        crop: options.crop ?? null,
        border: options.metrics?.border ?? 0,
        leftOut: leftOutBefore(originals, methods.right),
        onTrial: afterTrial(keep, shown),
      })();
      return E.bimap(
        because("EvaluationFailed"),
        (found: Report): Evaluated => ({
          report: found,
          shown: shown.pictures(),
        }),
      )(report);
    } finally {
      for (const close of closing.reverse()) await close();
    }
  };
