/** `tadsr upscale`, from the command line's words to a line for each picture. */
import { mkdir } from "node:fs/promises";
import { prepareDecoder } from "@tadsr/files";
import { factorOf } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { ExitCode, Failure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { cannotWrite } from "../safe-file.ts";
import { noteLine, type Shell } from "../shell.ts";
import { runBatch, tellFailure } from "./batch.ts";
import { findAnyModel } from "./find-model.ts";
import { expandInputs, OUTPUT_SUFFIX, type Refused, suffixOf } from "./inputs.ts";
import { openFoundModel } from "./open-model.ts";
import type { UpscaleOptions } from "./options.ts";
import { type Destination, destinationOf, planOutputs } from "./outputs.ts";
import { traceOn } from "./trace.ts";

const makeFolder = (shell: Shell, destination: Destination): TE.TaskEither<Failure, void> =>
  destination._tag === "Folder"
    ? TE.tryCatch(
        async () => {
          await mkdir(destination.path, { recursive: true });
        },
        cannotWrite(shell, destination.path),
      )
    : TE.right(undefined);

const summary = (shell: Shell, failed: readonly Refused[], total: number): ExitCode => {
  if (failed.length === 0) return 0;
  if (total > 1) {
    const names = failed.map(({ named }) => named).join(", ");
    noteLine(shell, `${failed.length} of ${total} failed: ${names}`);
  }
  return 1;
};

/**
 * 0 where every picture was written, 1 where one was not.
 *
 * `TADSR_TRACE=1` in the environment has standard error say when a start's parts were done, one line each:
 * `trace <event> <milliseconds since the process started>`, for the events `model-read`, `runtime-open`,
 * `tile-started` and `tile-done`, the last two of the first tile.
 */
export const runUpscale =
  (shell: Shell, pictures: readonly string[], options: UpscaleOptions): CommandTask =>
  async () => {
    // Outputs are named by how many times larger they are; why there is no model is told later.
    const found = await findAnyModel(shell, options)();
    const suffix = E.isRight(found) ? suffixOf(factorOf(found.right)) : OUTPUT_SUFFIX;
    const inputs = await expandInputs(shell, pictures, suffix);
    const destination = await destinationOf(shell, options.out, inputs);
    if (E.isLeft(destination)) return destination;
    const folder = await makeFolder(shell, destination.right)();
    if (E.isLeft(folder)) return folder;
    if (inputs.skipped.length > 0) {
      noteLine(shell, `left out ${plural(inputs.skipped.length, "output")} of an earlier run (*${suffix}.*)`);
    }
    const plan = await planOutputs(shell, inputs.paths, destination.right, options.force === true, suffix);
    const refused = [...inputs.refused, ...plan.refused];
    for (const one of refused) tellFailure(shell, options, one);
    const total = plan.jobs.length + refused.length;
    if (plan.jobs.length === 0) return E.right(summary(shell, refused, total));
    if (E.isLeft(found)) return found;
    const trace = traceOn(shell, process.env);
    prepareDecoder();
    const opened = await openFoundModel(shell, found.right, options, trace)();
    if (E.isLeft(opened)) return opened;
    try {
      const failed = await runBatch(shell, plan.jobs, opened.right, options, { trace });
      return E.right(summary(shell, [...refused, ...failed], total));
    } finally {
      await opened.right.close();
    }
  };
