/** Makes a folder for `tadsr upscale --model` from the authors' two files. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describePaperFiles, type WeightFile } from "@tadsr/files";
import {
  AUTOENCODER_FILE,
  DESCRIPTION_FILE,
  type PaperFiles,
  type PaperModelOptions,
  WEIGHTS_FILE,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Failure } from "../failure.ts";
import { modelLine } from "../locate-model.ts";
import { plural } from "../plural.ts";
import { cannotWrite, objectionTo, writeSafely } from "../safe-file.ts";
import { displayPath, noteLine, type Shell } from "../shell.ts";
import { type CopyOptions, convertFile } from "./convert-file.ts";

/** What the files do not tell. */
export type FolderOptions = Pick<PaperModelOptions, "config" | "imageSize" | "window" | "headChannels">;

/**
 * Checks the two files before anything is written. Then writes the weights, and model.json last. Gives a line for the
 * user.
 */
export const writeModelFolder =
  (
    shell: Shell,
    files: PaperFiles<WeightFile>,
    folder: string,
    options: FolderOptions,
    { dtype, force = false }: CopyOptions,
  ): TE.TaskEither<Failure, string> =>
  async () => {
    const described = await TE.mapLeft(modelLine)(describePaperFiles(files, options))();
    if (E.isLeft(described)) return described;
    const { description, assumed, factor } = described.right;
    const outputs = [WEIGHTS_FILE, AUTOENCODER_FILE, DESCRIPTION_FILE].map((name) => join(folder, name));
    const [network = "", autoencoder = "", json = ""] = outputs;
    for (const output of outputs) {
      const objection = await objectionTo(shell, output, force);
      if (objection !== null) return E.left(objection);
    }
    const made = await TE.tryCatch(() => mkdir(folder, { recursive: true }), cannotWrite(shell, folder))();
    if (E.isLeft(made)) return made;
    if (assumed.length > 0)
      noteLine(
        shell,
        `assumed: ${assumed.join(", ")}; --config, --image-size, --window and --head-channels set them`,
      );
    const sized = { ...(dtype === undefined ? {} : { dtype }), force };
    const written = await TE.chain(() => convertFile(shell, files.autoencoder, autoencoder, sized))(
      convertFile(shell, files.network, network, sized),
    )();
    if (E.isLeft(written)) return written;
    const told = await writeSafely(
      shell,
      json,
      force,
    )((draft) =>
      TE.tryCatch(
        () => writeFile(draft, `${JSON.stringify(description, null, 2)}\n`),
        cannotWrite(shell, json),
      ),
    )();
    return E.map(
      () =>
        `${displayPath(shell, folder)}: ${description.name}, ${factor}x, ` +
        `${plural(description.steps, "step")}; use it with --model ${displayPath(shell, folder)}`,
    )(told);
  };
