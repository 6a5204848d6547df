/** The page's side: an upscaler whose work is done in a worker. */
import type { PictureFormat } from "@tadsr/metadata";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { callsTo, type WorkerLike } from "./calls-to-worker.ts";
import type { ModelReady, ModelRequest, Started, TileDone, Upscaled, View, ViewRequest } from "./messages.ts";
import type { WorkerError } from "./worker-error.ts";

export interface OpenRequest extends ModelRequest {
  /** Is told how much of the weights has arrived, while they are downloaded. */
  readonly onReceived?: (bytes: number, of: number) => void;
  /** Gets what a runtime has to say, such as that it has only one thread. */
  readonly onNote?: (text: string) => void;
}

export interface UpscaleRequest {
  /** The file's name in messages. */
  readonly name?: string;
  /** Stops the work before its next tile. */
  readonly signal?: AbortSignal;
  /** The picture is decoded, and from now on it can be looked at. */
  readonly onStart?: (started: Started, picture: PictureInWorker) => void;
  readonly onTile?: (tile: TileDone) => void;
  readonly onProgress?: (done: number, total: number) => void;
  /** Memory was refused; the picture begins again with tiles of this side. */
  readonly onSmallerTile?: (tile: number) => void;
}

/** A picture whose pixels stay in the worker. */
export interface PictureInWorker {
  /** A part of the picture before or of the result, in the size in which it is shown. */
  readonly view: (request: Omit<ViewRequest, "picture">) => TE.TaskEither<WorkerError, View>;
  /** The result as a file, with the profile, EXIF and XMP that the photo had. `quality` is from 0 to 1, by default 0.92. */
  readonly save: (format: PictureFormat, quality?: number) => TE.TaskEither<WorkerError, Blob>;
  /** Gives its memory back. */
  readonly forget: () => void;
}

export type UpscaledPicture = Upscaled & PictureInWorker;

export interface UpscalerInWorker extends ModelReady {
  /** Pictures that are asked for while one is computed wait for it. */
  readonly upscale: (file: Blob, request?: UpscaleRequest) => TE.TaskEither<WorkerError, UpscaledPicture>;
}

/** A worker with the script that serves upscaling. It does one model at a time. */
export interface UpscalingWorker {
  /** Opens a model in place of the one before. Pictures that were upscaled stay. */
  readonly open: (request: OpenRequest) => TE.TaskEither<WorkerError, UpscalerInWorker>;
  /** Removes all weights that were kept. */
  readonly emptyCache: TE.TaskEither<WorkerError, null>;
  /** Ends the worker at once, with everything that it holds. What waits for it fails with the code `ended`. */
  readonly close: () => void;
}

const QUALITY = 0.92;

export const upscalingWorker = (worker: WorkerLike): UpscalingWorker => {
  const { call, tell, listen, close } = callsTo(worker);
  let pictures = 0;

  const pictureOf = (picture: number): PictureInWorker => ({
    view: (request) => call("view", { ...request, picture }),
    save: (format, quality = QUALITY) => call("save", { picture, format, quality }),
    forget: () => tell({ type: "forget", picture }),
  });

  const upscale =
    (file: Blob, request: UpscaleRequest = {}): TE.TaskEither<WorkerError, UpscaledPicture> =>
    async () => {
      const { signal, onStart, onTile, onProgress, onSmallerTile } = request;
      const picture = pictures++;
      const name = request.name ?? (file instanceof File ? file.name : "the picture");
      const inWorker = pictureOf(picture);
      const abort = (): void => tell({ type: "abort", picture });
      const unlisten = listen((message) => {
        if (!("picture" in message) || message.picture !== picture) return;
        if (message.type === "started") onStart?.(message, inWorker);
        if (message.type === "smaller-tile") onSmallerTile?.(message.tile);
        if (message.type !== "tile") return;
        onTile?.(message);
        onProgress?.(message.done, message.total);
      });
      const answer = call("upscale", { picture, file, name })();
      signal?.addEventListener("abort", abort);
      if (signal?.aborted) abort();
      try {
        return E.map((upscaled: Upscaled): UpscaledPicture => ({ ...upscaled, ...inWorker }))(await answer);
      } finally {
        signal?.removeEventListener("abort", abort);
        unlisten();
      }
    };

  return {
    open:
      ({ onReceived, onNote, ...request }) =>
      async () => {
        const unlisten = listen((message) => {
          if (message.type === "received") onReceived?.(message.bytes, message.of);
          if (message.type === "note") onNote?.(message.text);
        });
        const ready = await call("open", request)();
        unlisten();
        return E.map((model: ModelReady): UpscalerInWorker => ({ ...model, upscale }))(ready);
      },
    emptyCache: call("empty-cache", {}),
    close,
  };
};

/** A worker and its first model, for a page that needs no other. */
export const openInWorker = (
  worker: WorkerLike,
  request: OpenRequest,
): TE.TaskEither<WorkerError, UpscalerInWorker & Pick<UpscalingWorker, "close">> => {
  const { open, close } = upscalingWorker(worker);
  return pipe(
    open(request),
    TE.bimap(
      (error) => {
        close();
        return error;
      },
      (upscaler) => ({ ...upscaler, close }),
    ),
  );
};
