/** `tadsr upscale`, from the command line's words to a line for each picture. */
import { mkdir } from "node:fs/promises";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { ExitCode, Failure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { progressOn } from "../progress.ts";
import { cannotWrite } from "../safe-file.ts";
import { displayPath, noteLine, type Shell, STREAM } from "../shell.ts";
import { findAnyModel } from "./any-model.ts";
import { expandInputs, OUTPUT_SUFFIX, type Refused, suffixOf } from "./inputs.ts";
import { type Finished, upscaleOne } from "./one-picture.ts";
import { openFoundModel } from "./open-model.ts";
import type { OpenModel } from "./opened-model.ts";
import type { UpscaleOptions } from "./options.ts";
import { type Destination, destinationOf, type Job, planOutputs } from "./outputs.ts";

const makeFolder = (shell: Shell, destination: Destination): TE.TaskEither<Failure, void> =>
  destination._tag === "Folder"
    ? TE.tryCatch(
        async () => {
          await mkdir(destination.path, { recursive: true });
        },
        cannotWrite(shell, destination.path),
      )
    : TE.right(undefined);

/** What ran, for a person or, with `--json`, for a program. */
const reportLine = (shell: Shell, job: Job, done: Finished, model: OpenModel, isJson: boolean): string => {
  const { seed, steps, tile, sampler, colourCorrection } = model.settings;
  const input = job.input === STREAM ? STREAM : displayPath(shell, job.input);
  const output = job.output === STREAM ? STREAM : displayPath(shell, job.output);
  const seconds = Math.round(done.seconds * 1000) / 1000;
  const { inputWidth, inputHeight, width, height } = done;
  const { name, runtime } = model;
  if (isJson) {
    const sizes = { inputWidth, inputHeight, width, height };
    const settings = { seed, steps, tile, sampler, colourCorrection };
    return JSON.stringify({ input, output, ...sizes, model: name, runtime, ...settings, seconds });
  }
  const ofPaper = [
    ...(sampler === undefined || steps === 1 ? [] : [sampler]),
    ...(sampler === undefined ? [] : [`tile ${tile}`]),
    ...(colourCorrection === undefined || colourCorrection === "none" ? [] : [colourCorrection]),
  ];
  const steppedSo = [plural(steps, "step"), ...ofPaper].join(", ");
  return (
    `${input} -> ${output}: ${inputWidth} x ${inputHeight} -> ${width} x ${height}, model ${name}, ` +
    `runtime ${runtime}, ${steppedSo}, seed ${seed}, ${seconds.toFixed(2)} s`
  );
};

interface Batch {
  readonly jobs: readonly Job[];
  readonly refused: readonly Refused[];
  readonly options: UpscaleOptions;
}

/** Tells a failure as it happens; a program that reads the JSON gets it there, too. */
const tellFailure = (shell: Shell, { options }: Batch, { named, failure }: Refused): void => {
  noteLine(shell, failure.message);
  if (options.json === true) {
    shell.stdout.write(`${JSON.stringify({ input: named, error: failure.message })}\n`);
  }
};

/** Every job in turn; one that fails is told and the others go on. */
const runJobs = async (shell: Shell, batch: Batch, model: OpenModel): Promise<readonly Refused[]> => {
  const progress = progressOn(shell);
  const failed: Refused[] = [];
  for (const job of batch.jobs) {
    const name = displayPath(shell, job.input);
    const onTile = (done: number, total: number): void => progress.update(name, done, total);
    const result = await upscaleOne(shell, job, model, batch.options.force === true, onTile)();
    progress.clear();
    if (E.isLeft(result)) {
      const refused = { named: name, failure: result.left };
      tellFailure(shell, batch, refused);
      failed.push(refused);
    } else {
      const line = reportLine(shell, job, result.right, model, batch.options.json === true);
      // Where the picture itself goes to standard output, nothing else may.
      (job.output === STREAM ? shell.stderr : shell.stdout).write(`${line}\n`);
    }
  }
  return failed;
};

const summary = (shell: Shell, failed: readonly Refused[], total: number): ExitCode => {
  if (failed.length === 0) return 0;
  if (total > 1) {
    const names = failed.map(({ named }) => named).join(", ");
    noteLine(shell, `${failed.length} of ${total} failed: ${names}`);
  }
  return 1;
};

/** 0 where every picture was written, 1 where one was not. */
export const runUpscale =
  (shell: Shell, pictures: readonly string[], options: UpscaleOptions): CommandTask =>
  async () => {
    // Outputs are named by how many times larger they are; why there is no model is told later.
    const found = await findAnyModel(shell, options)();
    const suffix = E.isRight(found) ? suffixOf(found.right.factor) : OUTPUT_SUFFIX;
    const inputs = await expandInputs(shell, pictures, suffix);
    const destination = await destinationOf(shell, options.out, inputs);
    if (E.isLeft(destination)) return destination;
    const folder = await makeFolder(shell, destination.right)();
    if (E.isLeft(folder)) return folder;
    if (inputs.skipped.length > 0) {
      noteLine(shell, `left out ${plural(inputs.skipped.length, "output")} of an earlier run (*${suffix}.*)`);
    }
    const plan = await planOutputs(shell, inputs.paths, destination.right, options.force === true, suffix);
    const batch = { jobs: plan.jobs, refused: [...inputs.refused, ...plan.refused], options };
    for (const refused of batch.refused) tellFailure(shell, batch, refused);
    const total = batch.jobs.length + batch.refused.length;
    if (batch.jobs.length === 0) return E.right(summary(shell, batch.refused, total));
    if (E.isLeft(found)) return found;
    const opened = await openFoundModel(shell, found.right, options)();
    if (E.isLeft(opened)) return opened;
    try {
      const failed = await runJobs(shell, batch, opened.right);
      return E.right(summary(shell, [...batch.refused, ...failed], total));
    } finally {
      await opened.right.close();
    }
  };
