/** One picture, from its bytes to the file or stream it goes to. */
import { readFile } from "node:fs/promises";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, fileReason, firstLine, inputFailure, outputFailure } from "../failure.ts";
import { cannotWrite, writeSafely } from "../safe-file.ts";
import { displayPath, type Shell, STREAM } from "../shell.ts";
import { bleedColour } from "./bleed.ts";
import { type DecodedPicture, decodePicture } from "./decode.ts";
import { encoder, enlargeAlpha } from "./encode.ts";
import { checkSide } from "./format.ts";
import type { Job } from "./outputs.ts";

/** Enlarges the colours of a picture: [height, width, 3] -> [factor height, factor width, 3]. */
export interface Enlarger {
  readonly factor: number;
  readonly enlarge: (
    picture: Pick<DecodedPicture, "width" | "height" | "rgb">,
    onTile: (done: number, total: number) => void,
  ) => TE.TaskEither<Failure, Uint8Array>;
}

export interface Finished {
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly width: number;
  readonly height: number;
  /** From opening the file to its output being in place. */
  readonly seconds: number;
}

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

/** Colours by the model, alpha by Lanczos; the input's planes are free once both are made. */
const enlargeAll = (
  { factor, enlarge }: Enlarger,
  picture: DecodedPicture,
  onTile: (done: number, total: number) => void,
): TE.TaskEither<Failure, DecodedPicture> =>
  TE.chain((rgb: Uint8Array) =>
    TE.tryCatch(
      async () => {
        const { width, height, alpha } = picture;
        const size = { width: width * factor, height: height * factor };
        return {
          ...size,
          rgb,
          alpha: alpha === null ? null : await enlargeAlpha(alpha, width, height, factor),
        };
      },
      (thrown) => outputFailure(`alpha cannot be enlarged: ${firstLine(thrown)}`),
    ),
  )(enlarge(picture, onTile));

const writeStream = (shell: Shell, job: Job, picture: DecodedPicture): TE.TaskEither<Failure, void> =>
  TE.tryCatch(
    async () => {
      const bytes = await (await encoder(picture, job.format)).toBuffer();
      await new Promise<void>((done, failed) => {
        shell.stdout.write(bytes, (error) => (error ? failed(error) : done()));
      });
    },
    (thrown) => outputFailure(`standard output cannot be written: ${fileReason(thrown)}`),
  );

const writeDraft = (
  shell: Shell,
  { output, format }: Job,
  picture: DecodedPicture,
  draft: string,
): TE.TaskEither<Failure, void> =>
  TE.tryCatch(
    async () => {
      await (await encoder(picture, format)).toFile(draft);
    },
    cannotWrite(shell, output),
  );

const about = (name: string, failure: Failure): Failure => ({
  ...failure,
  message: `${name}: ${failure.message}`,
});

/** Reads, enlarges and writes one picture. The output's place is tried before anything is computed. */
export const upscaleOne = (
  shell: Shell,
  job: Job,
  enlarger: Enlarger,
  force: boolean,
  onTile: (done: number, total: number) => void,
): TE.TaskEither<Failure, Finished> => {
  const name = displayPath(shell, job.input);
  const work = (
    write: (picture: DecodedPicture) => TE.TaskEither<Failure, void>,
  ): TE.TaskEither<Failure, Finished> => {
    return async () => {
      const begun = performance.now();
      const bytes = await readBytes(shell, job.input)();
      if (E.isLeft(bytes)) return bytes;
      const decoded = await decodePicture(name, bytes.right)();
      if (E.isLeft(decoded)) return decoded;
      const { width: inputWidth, height: inputHeight } = decoded.right;
      const [width, height] = [inputWidth * enlarger.factor, inputHeight * enlarger.factor];
      const fits = checkSide(job.format, width, height);
      if (E.isLeft(fits)) return E.left(about(name, fits.left));
      bleedColour(decoded.right);
      const enlarged = await enlargeAll(enlarger, decoded.right, onTile)();
      if (E.isLeft(enlarged)) return E.left(about(name, enlarged.left));
      const written = await write(enlarged.right)();
      const seconds = (performance.now() - begun) / 1000;
      return E.map(() => ({ inputWidth, inputHeight, width, height, seconds }))(written);
    };
  };
  return job.output === STREAM
    ? work((picture) => writeStream(shell, job, picture))
    : writeSafely(
        shell,
        job.output,
        force,
      )((draft) => work((picture) => writeDraft(shell, job, picture, draft)));
};
