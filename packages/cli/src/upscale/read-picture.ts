/** From a file or standard input to a picture that can be enlarged. */
import { readFile } from "node:fs/promises";
import { bleedColour, decodePicture, type InvalidPictureFile, type PictureWithAlpha } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, fileReason, inputFailure } from "../failure.ts";
import { displayPath, type Shell, STREAM } from "../shell.ts";
import { checkSide } from "./format.ts";
import type { Job } from "./outputs.ts";

const readStream = async (shell: Shell): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of shell.stdin) {
    chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array));
  }
  return Buffer.concat(chunks);
};

const readBytes = (shell: Shell, input: string): TE.TaskEither<Failure, Uint8Array> =>
  TE.tryCatch(
    () => (input === STREAM ? readStream(shell) : readFile(input)),
    (thrown) => inputFailure(`${displayPath(shell, input)}: it cannot be read: ${fileReason(thrown)}`),
  );

/** The failure, said of the picture. */
export const about = (name: string, failure: Failure): Failure => ({
  ...failure,
  message: `${name}: ${failure.message}`,
});

/** The job's picture, decoded; refused where its output's format cannot hold `factor` times its size. */
export const readPicture = (
  shell: Shell,
  job: Job,
  factor: number,
): TE.TaskEither<Failure, PictureWithAlpha> => {
  const name = displayPath(shell, job.input);
  return pipe(
    readBytes(shell, job.input),
    TE.chain((bytes) =>
      TE.mapLeft(({ message }: InvalidPictureFile) => inputFailure(message))(decodePicture(name, bytes)),
    ),
    TE.chainEitherK((picture) =>
      pipe(
        checkSide(job.format, picture.width * factor, picture.height * factor),
        E.bimap(
          (failure) => about(name, failure),
          () => {
            bleedColour(picture);
            return picture;
          },
        ),
      ),
    ),
  );
};
