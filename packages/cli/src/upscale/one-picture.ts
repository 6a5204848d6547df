/** One picture, from its file or standard input to the file or stream it goes to. */
import { readFile } from "node:fs/promises";
import { decodePicture, encoder, type InvalidPictureFile } from "@tadsr/files";
import type { Picture, Size } from "@tadsr/model";
import type { Turn } from "@tadsr/upscale";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, fileReason, inputFailure, outputFailure } from "../failure.ts";
import { cannotWrite, writeSafely } from "../safe-file.ts";
import { displayPath, type Shell, STREAM } from "../shell.ts";
import { checkSide } from "./format.ts";
import type { OpenModel } from "./opened-model.ts";
import type { Job } from "./outputs.ts";

/** Called before a picture's first tile with 0 done, and after every one. */
export type OnTile = (done: number, total: number) => void;

export interface Finished {
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly width: number;
  readonly height: number;
}

/** The error, with the picture's name in it. */
const withName = (name: string) =>
  TE.mapLeft((failure: Failure): Failure => ({ ...failure, message: `${name}: ${failure.message}` }));

const readStream = async (shell: Shell): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of shell.stdin) {
    chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array));
  }
  return Buffer.concat(chunks);
};

/** The job's picture, decoded. */
const readPicture = (shell: Shell, { input }: Job): TE.TaskEither<Failure, Picture> => {
  const name = displayPath(shell, input);
  return pipe(
    TE.tryCatch(
      () => (input === STREAM ? readStream(shell) : readFile(input)),
      (thrown) => inputFailure(`${name}: it cannot be read: ${fileReason(thrown)}`),
    ),
    TE.chain((bytes) =>
      TE.mapLeft(({ message }: InvalidPictureFile) => inputFailure(message))(decodePicture(name, bytes)),
    ),
  );
};

const writeStream = (shell: Shell, { format }: Job, picture: Picture): TE.TaskEither<Failure, void> =>
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
const writeDraft = (
  shell: Shell,
  { output, format }: Job,
  picture: Picture,
  draft: string,
): TE.TaskEither<Failure, void> =>
  TE.tryCatch(
    async () => {
      await (await encoder(picture, format)).toFile(draft);
    },
    cannotWrite(shell, output),
  );

/** What every picture of a batch has in common. */
export interface Setting {
  readonly shell: Shell;
  readonly model: Pick<OpenModel, "factor" | "upscale">;
  /** Whether an output that exists is replaced. */
  readonly force: boolean;
}

/**
 * Reads, upscales and writes one picture. The output's place is tried before anything is computed, and a result that
 * the output's format cannot hold is refused. Reading and writing do not wait for the turn, only computing does.
 * `watch` is told of the tiles of the picture.
 */
export const upscaleOne = (
  { shell, model: { factor, upscale }, force }: Setting,
  job: Job,
  turn: Pick<Turn, "compute">,
  watch: (picture: Size) => OnTile,
): TE.TaskEither<Failure, Finished> => {
  const named = withName(displayPath(shell, job.input));
  const work = (
    write: (picture: Picture) => TE.TaskEither<Failure, void>,
  ): TE.TaskEither<Failure, Finished> =>
    pipe(
      readPicture(shell, job),
      TE.chainFirst(({ width, height }) =>
        named(TE.fromEither(checkSide(job.format, width * factor, height * factor))),
      ),
      TE.chain((picture) => {
        const { width: inputWidth, height: inputHeight } = picture;
        return pipe(
          named(() => turn.compute(upscale(picture, { onProgress: watch(picture) }))),
          TE.chain((larger) =>
            TE.map((): Finished => {
              const { width, height } = larger;
              return { inputWidth, inputHeight, width, height };
            })(write(larger)),
          ),
        );
      }),
    );
  return job.output === STREAM
    ? work((picture) => writeStream(shell, job, picture))
    : writeSafely(
        shell,
        job.output,
        force,
      )((draft) => work((picture) => writeDraft(shell, job, picture, draft)));
};
