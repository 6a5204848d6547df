/** One picture, from its bytes to the file or stream it goes to. */

import { enlargeAlpha, type PictureWithAlpha } from "@tadsr/files";
import type { Picture } from "@tadsr/model";
import type { Size } from "@tadsr/upscale";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, firstLine, outputFailure } from "../failure.ts";
import { writeSafely } from "../safe-file.ts";
import { displayPath, type Shell, STREAM } from "../shell.ts";
import type { Job } from "./outputs.ts";
import type { Turn } from "./overlap.ts";
import { about, readPicture } from "./read-picture.ts";
import { writeDraft, writeStream } from "./write-picture.ts";

/** Called before a picture's first tile with 0 done, and after every one. */
export type OnTile = (done: number, total: number) => void;

/**
 * Enlarges the colours of a picture `factor` times. `seed`: of the noise, where
 * it is another than the one that was asked for at first; a network without noise makes the same of any.
 */
export interface Enlarger {
  readonly factor: number;
  readonly enlarge: (picture: Picture, onTile: OnTile, seed?: number) => TE.TaskEither<Failure, Picture>;
}

export interface Finished {
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly width: number;
  readonly height: number;
}

const enlargedAlpha = (
  { width, height, alpha }: PictureWithAlpha,
  factor: number,
): TE.TaskEither<Failure, Uint8Array | null> =>
  TE.tryCatch(
    async () => (alpha === null ? null : await enlargeAlpha(alpha, width, height, factor)),
    (thrown) => outputFailure(`alpha cannot be enlarged: ${firstLine(thrown)}`),
  );

/** Colours by the model, and alpha by Lanczos beside it, in threads that the engine does not block. */
const enlargeAll =
  (
    { factor, enlarge }: Enlarger,
    picture: PictureWithAlpha,
    onTile: OnTile,
  ): TE.TaskEither<Failure, PictureWithAlpha> =>
  () => {
    const alphas = enlargedAlpha(picture, factor)();
    return pipe(
      enlarge(picture, onTile),
      TE.chain((enlarged) => TE.map((alpha: Uint8Array | null) => ({ ...enlarged, alpha }))(() => alphas)),
    )();
  };

/** What every picture of a batch has in common. */
export interface Setting {
  readonly shell: Shell;
  readonly enlarger: Enlarger;
  /** Whether an output that exists is replaced. */
  readonly force: boolean;
}

/**
 * Reads, enlarges and writes one picture. The output's place is tried before anything is computed; reading and
 * writing do not wait for the turn, only computing does. `watch` is told of the tiles of the picture.
 */
export const upscaleOne = (
  { shell, enlarger, force }: Setting,
  job: Job,
  turn: Pick<Turn, "compute">,
  watch: (picture: Size) => OnTile,
): TE.TaskEither<Failure, Finished> => {
  const name = displayPath(shell, job.input);
  const { factor } = enlarger;
  const work = (
    write: (picture: PictureWithAlpha) => TE.TaskEither<Failure, void>,
  ): TE.TaskEither<Failure, Finished> =>
    pipe(
      readPicture(shell, job, factor),
      TE.chain((picture) =>
        TE.mapLeft((failure: Failure) => about(name, failure))(() =>
          turn.compute(enlargeAll(enlarger, picture, watch(picture))),
        ),
      ),
      TE.chain((enlarged) => {
        const { width, height } = enlarged;
        const sizes = { inputWidth: width / factor, inputHeight: height / factor, width, height };
        return TE.map((): Finished => sizes)(write(enlarged));
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
