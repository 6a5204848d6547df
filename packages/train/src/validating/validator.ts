/** Validation while a training runs: it writes measures to a file, and pictures to look at. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Engine, Tensors } from "@tadsr/core";
import { removeDrafts } from "@tadsr/files";
import { type FileUnwritable, fileUnwritable } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { FloatPicture } from "../float-picture.ts";
import { appendLines, keepLogUpTo } from "../log.ts";
import type { OpenTask } from "../task.ts";
import { writePng } from "../write-png.ts";
import { batchOf, type HeldBackPicture, picturesOf } from "./held-back.ts";
import { measured, type ValidationMeasures } from "./measures.ts";
import type { ValidationPlan } from "./plan.ts";
import { byNearest, sheet } from "./sheet.ts";

export const VALIDATION_LOG = "validation.jsonl";
export const SAMPLES = "samples";

export interface Validator<T> {
  /** Whether there is a validation after this step of a training of `steps`. */
  isDue(step: number, steps: number): boolean;
  /** Measures the weights, and writes the line and the picture. Rejects if they cannot be written. */
  validate(step: number, weights: Tensors<T>): Promise<ValidationMeasures>;
}

/** Rejects with the file's name and the reason. */
const orReject = async (work: TE.TaskEither<FileUnwritable, void>): Promise<void> => {
  const done = await work();
  if (E.isLeft(done)) throw new Error(`${done.left.file}: cannot write: ${done.left.reason}`);
};

/**
 * `from` is the step that the training goes on from. Measures of later steps are dropped, since those steps are taken
 * again. The target's pictures are made once. Validation draws no random number of the training and changes none of its
 * tensors.
 */
export const openValidator = async <T>(
  engine: Engine<T>,
  task: Pick<OpenTask<T>, "upscaler">,
  folder: string,
  { every, samples }: Pick<ValidationPlan, "every" | "samples">,
  pictures: readonly HeldBackPicture[],
  from: number,
): Promise<Validator<T>> => {
  const { upscaler } = task;
  if (upscaler === undefined) throw new Error("this task cannot be validated: it has no upscaler");
  const log = join(folder, VALIDATION_LOG);
  await orReject(keepLogUpTo(log, from === 0 ? -1 : from));
  await mkdir(join(folder, SAMPLES), { recursive: true });
  await removeDrafts(join(folder, SAMPLES));
  const batch = batchOf(pictures);
  const original = pictures.map((one) => one.original);
  const bicubic = pictures.map((one) => one.bicubic);
  const side = original[0]?.width ?? 0;
  const factor = side / (pictures[0]?.small.width ?? 1);
  const made = async (work: () => T): Promise<readonly FloatPicture[]> => {
    const tensor = engine.scope(work);
    const { data } = await engine.download("image", tensor);
    engine.release([tensor]);
    return picturesOf(data, side);
  };
  const { target: ofTarget } = upscaler;
  const target = ofTarget === null ? null : await made(() => ofTarget(batch, pictures.length));
  return {
    isDue: (step, steps) => step % every === 0 || step === steps,
    validate: async (step, weights) => {
      const now = await made(() => upscaler.upscale(weights, batch, pictures.length));
      const report = measured(step, { original, bicubic, now, target });
      const rows = pictures
        .slice(0, samples)
        .map((one, n) =>
          [byNearest(one.small, factor), one.bicubic, now[n], target?.[n], one.original].filter(
            (picture) => picture !== undefined,
          ),
        );
      const picture = join(folder, SAMPLES, `step-${step}.png`);
      if (rows.length > 0) await orReject(writePng(sheet(rows), picture));
      await orReject(
        TE.tryCatch(
          () => appendLines(log, [JSON.stringify(report)]),
          (thrown) => fileUnwritable(log, thrown),
        ),
      );
      return report;
    },
  };
};
