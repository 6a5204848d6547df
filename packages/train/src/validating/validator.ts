/** Validation while a training runs: it writes measures to a file, and pictures to look at. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Engine, Tensors } from "@tadsr/core";
import { fileReason } from "@tadsr/model/file-reason";
import sharp from "sharp";
import { type FloatPicture, toBytes } from "../float-picture.ts";
import { appendLines, keepLogUpTo } from "../log.ts";
import type { OpenTask } from "../task.ts";
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

/** Writes to another name and then renames. */
const writePicture = async (picture: FloatPicture, file: string): Promise<void> => {
  const { width, height, data } = toBytes(picture);
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  try {
    await writeFile(`${file}.part`, png);
    await rename(`${file}.part`, file);
  } catch (thrown) {
    await rm(`${file}.part`, { force: true });
    throw thrown;
  }
};

/** Errors have the file's name and the reason. */
const writing = async (file: string, write: () => Promise<void>): Promise<void> => {
  try {
    await write();
  } catch (thrown) {
    throw new Error(`${file}: cannot write: ${fileReason(thrown)}`);
  }
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
  await keepLogUpTo(log, from === 0 ? -1 : from);
  await mkdir(join(folder, SAMPLES), { recursive: true });
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
      if (rows.length > 0) await writing(picture, () => writePicture(sheet(rows), picture));
      await writing(log, () => appendLines(log, [JSON.stringify(report)]));
      return report;
    },
  };
};
