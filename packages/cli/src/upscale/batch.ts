/** Pictures one after another through an open model, and a line for each. */
import type { Size } from "@tadsr/model";
import { type Clock, overlap, systemClock, type Utilisation } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import type { Failure } from "../failure.ts";
import { plural } from "../plural.ts";
import { progressOn } from "../progress.ts";
import { displayPath, noteLine, type Shell, STREAM } from "../shell.ts";
import type { Refused } from "./inputs.ts";
import { type Finished, type OnTile, upscaleOne } from "./one-picture.ts";
import { type OpenModel, sampledWords } from "./opened-model.ts";
import type { UpscaleOptions } from "./options.ts";
import { type Job, readersOfOutputs } from "./outputs.ts";
import { silent, type Trace } from "./trace.ts";

/** What ran, for a person or, with `--json`, for a program. `seconds` is what `overlap` says it is. */
const reportLine = (
  shell: Shell,
  job: Job,
  { inputWidth, inputHeight, width, height }: Finished,
  { name, runtime, settings }: OpenModel,
  exactSeconds: number,
  isJson: boolean,
): string => {
  const { seed, steps, tile, sampler, colourCorrection } = settings;
  const input = job.input === STREAM ? STREAM : displayPath(shell, job.input);
  const output = job.output === STREAM ? STREAM : displayPath(shell, job.output);
  const seconds = Math.round(exactSeconds * 1000) / 1000;
  if (isJson) {
    const sizes = { inputWidth, inputHeight, width, height };
    const used = { seed, steps, tile, sampler, colourCorrection };
    return JSON.stringify({ input, output, ...sizes, model: name, runtime, ...used, seconds });
  }
  const ofPaper = [
    ...(sampler === undefined || steps === 1 ? [] : [sampler]),
    ...(sampler === undefined ? [] : [`tile ${tile}`]),
    ...(colourCorrection === undefined || colourCorrection === "none" ? [] : [colourCorrection]),
  ];
  const how = [`runtime ${runtime}`, ...sampledWords(settings, ofPaper), `${seconds.toFixed(2)} s`];
  return (
    `${input} -> ${output}: ${inputWidth} x ${inputHeight} -> ${width} x ${height}, model ${name}, ` +
    how.join(", ")
  );
};

/** Tells a failure as it happens; a program that reads the JSON gets it there, too. */
export const tellFailure = (
  shell: Shell,
  { json }: Pick<UpscaleOptions, "json">,
  { named, failure }: Refused,
): void => {
  noteLine(shell, failure.message);
  if (json === true) shell.stdout.write(`${JSON.stringify({ input: named, error: failure.message })}\n`);
};

/** `3 pictures in 5.1 s: computing 4.9 s (96 %), waiting 0.0 s for reading and 0.2 s for writing`. */
export const utilisationLine = (pictures: number, used: Utilisation): string => {
  const { total, computing, awaitingReads, awaitingWrites } = used;
  const percent = total > 0 ? Math.round((100 * computing) / total) : 100;
  const shown = (seconds: number): string => `${seconds.toFixed(1)} s`;
  return (
    `${plural(pictures, "picture")} in ${shown(total)}: computing ${shown(computing)} (${percent} %), ` +
    `waiting ${shown(awaitingReads)} for reading and ${shown(awaitingWrites)} for writing`
  );
};

/**
 * Upscales every job. While one is computed the next is read and the one before is written, but lines come in the
 * order of the jobs, and so do failures, after which the others go on. Memory holds at most one decoded picture
 * that waits, one that is computed with its result, and one result that is written.
 */
export const runBatch = async (
  shell: Shell,
  jobs: readonly Job[],
  model: OpenModel,
  options: Pick<UpscaleOptions, "force" | "json">,
  { trace = silent, clock = systemClock }: { readonly trace?: Trace; readonly clock?: Clock } = {},
): Promise<readonly Refused[]> => {
  const progress = progressOn(shell, clock);
  const upscale: OpenModel["upscale"] = (picture, request) => async () => {
    const larger = await model.upscale(picture, request)();
    progress.clear();
    return larger;
  };
  const setting = { shell, model: { factor: model.factor, upscale }, force: options.force === true };
  // Without --force nothing that can be read is written to.
  const readers = setting.force ? await readersOfOutputs(jobs) : new Set<Job>();
  const failed: Refused[] = [];
  const tell = (job: Job, result: E.Either<Failure, Finished>, seconds: number): void => {
    if (E.isLeft(result)) {
      const refused = { named: displayPath(shell, job.input), failure: result.left };
      failed.push(refused);
      progress.aside(() => tellFailure(shell, options, refused));
      return;
    }
    const line = reportLine(shell, job, result.right, model, seconds, options.json === true);
    // Where the picture itself goes to standard output, nothing else may.
    progress.aside(() => void (job.output === STREAM ? shell.stderr : shell.stdout).write(`${line}\n`));
  };
  const used = await overlap(
    jobs,
    async (job, turn) => {
      if (readers.has(job)) await turn.afterOthers;
      const watch = (size: Size): OnTile => {
        const advance = progress.picture(displayPath(shell, job.input), (total) => model.work(size, total));
        return (done, total) => {
          trace(done === 0 ? "tile-started" : "tile-done");
          advance(done, total);
        };
      };
      return upscaleOne(setting, job, turn, watch)();
    },
    tell,
    clock,
  );
  progress.clear();
  const written = jobs.length - failed.length;
  if (written > 1 && options.json !== true) noteLine(shell, utilisationLine(written, used));
  return failed;
};
