/** From a picture to the file or stream it goes to. */
import { encoder, type PictureWithAlpha } from "@tadsr/files";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, fileReason, outputFailure } from "../failure.ts";
import { cannotWrite } from "../safe-file.ts";
import type { Shell } from "../shell.ts";
import type { Job } from "./outputs.ts";

export const writeStream = (
  shell: Shell,
  { format }: Job,
  picture: PictureWithAlpha,
): TE.TaskEither<Failure, void> =>
  TE.tryCatch(
    async () => {
      const bytes = await (await encoder(picture, format)).toBuffer();
      await new Promise<void>((done, failed) => {
        shell.stdout.write(bytes, (error) => (error ? failed(error) : done()));
      });
    },
    (thrown) => outputFailure(`standard output cannot be written: ${fileReason(thrown)}`),
  );

/** Encodes into `draft`, which stands for the job's output. */
export const writeDraft = (
  shell: Shell,
  { output, format }: Job,
  picture: PictureWithAlpha,
  draft: string,
): TE.TaskEither<Failure, void> =>
  TE.tryCatch(
    async () => {
      await (await encoder(picture, format)).toFile(draft);
    },
    cannotWrite(shell, output),
  );
