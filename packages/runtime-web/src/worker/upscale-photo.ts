/** One photo from its file to the result, tile by tile. */
import type { Carried } from "@tadsr/metadata";
import type { Picture, UpscaleError } from "@tadsr/model";
import { upscaleAlpha } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import type { Photo } from "./decode-photo.ts";
import { type KeptResult, keptResult, rowsOf } from "./kept-result.ts";
import type { FromWorker, Upscaled } from "./messages.ts";
import type { OpenedModel } from "./open-engine.ts";
import { reducedPart, reducedSize, reductionOf, viewOf } from "./view-of-rows.ts";
import { ofUpscaling, type WorkerError, workerError } from "./worker-error.ts";

/** What the worker holds of a picture until the page forgets it. */
export interface KeptPicture {
  readonly before: Picture;
  readonly result: KeptResult;
  readonly carried: Carried;
}

/** The model that is open, and how it is opened again. */
export interface ModelInUse {
  /** Opens it if it is not open. */
  readonly open: () => Promise<E.Either<WorkerError, OpenedModel>>;
  /** Closes what is open and opens it with tiles of half the side. Null if they were halved before. */
  readonly openSmaller: () => Promise<E.Either<WorkerError, OpenedModel> | null>;
  /** Closes what is open, since its engine can do no more. */
  readonly close: () => Promise<void>;
}

export interface PhotoRequest {
  readonly picture: number;
  readonly file: Blob;
  readonly name: string;
  readonly signal: AbortSignal;
}

export interface Surroundings {
  readonly decode: (name: string, file: Blob) => Promise<E.Either<WorkerError, Photo>>;
  readonly model: ModelInUse;
  readonly post: (message: FromWorker) => void;
  /** Is called as soon as there is something to look at. */
  readonly keep: (picture: number, kept: KeptPicture) => void;
}

/** Lets messages of the page be answered. */
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 0);
  });

const announce = (picture: number, { before, result }: KeptPicture, { post }: Surroundings): void => {
  const reduction = reductionOf(result);
  const rows = rowsOf(before);
  const whole = { x: 0, y: 0, width: before.width, height: before.height };
  const size = reducedSize(result, reduction);
  // A picture before that is smaller than the preview is shown as it is.
  const preview = viewOf(rows, whole, {
    width: Math.min(size.width, before.width),
    height: Math.min(size.height, before.height),
  });
  const [from, to] = [
    { width: before.width, height: before.height },
    { width: result.width, height: result.height },
  ];
  post({ type: "started", picture, before: from, after: to, reduction, preview });
};

/** All tiles on one engine; the error that ended them, or null. */
const runTiles = async (
  { upscaler }: OpenedModel,
  { picture, signal }: PhotoRequest,
  { before, result }: KeptPicture,
  { post }: Surroundings,
): Promise<UpscaleError | null> => {
  const reduction = reductionOf(result);
  for await (const tile of upscaler.tiles(before, { signal })) {
    if (E.isLeft(tile)) return tile.left;
    const { place, done, total } = tile.right;
    result.place(tile.right);
    post({ type: "tile", picture, done, total, place, ...reducedPart(result, place, reduction) });
    await breathe();
  }
  return null;
};

const isOfEngine = (error: UpscaleError): boolean => error._tag === "EngineFailed";

const isRefusedMemory = (error: UpscaleError): boolean =>
  error._tag === "EngineFailed" && error.reason === "out-of-memory";

const aborted = (name: string): WorkerError =>
  workerError("aborted", `${name}: stopped before its first tile`);

export const upscalePhoto = async (
  request: PhotoRequest,
  surroundings: Surroundings,
): Promise<E.Either<WorkerError, Upscaled>> => {
  const { picture, file, name, signal } = request;
  const { decode, model, post, keep } = surroundings;
  const photo = await decode(name, file);
  if (E.isLeft(photo)) return photo;
  let opened = await model.open();
  if (E.isLeft(opened)) return opened;
  await breathe();
  if (signal.aborted) return E.left(aborted(name));

  const before = photo.right.picture;
  const { factor } = opened.right.upscaler;
  const alpha = before.alpha === undefined ? null : upscaleAlpha(before.alpha, before, factor);
  const result = keptResult({ width: before.width * factor, height: before.height * factor }, alpha);
  if (E.isLeft(result)) return result;
  const kept = { before, result: result.right, carried: photo.right.carried };
  keep(picture, kept);
  announce(picture, kept, surroundings);

  const begun = performance.now();
  let failed = await runTiles(opened.right, request, kept, surroundings);
  if (failed !== null && isRefusedMemory(failed)) {
    const smaller = await model.openSmaller();
    if (smaller !== null && E.isRight(smaller)) {
      opened = smaller;
      post({ type: "smaller-tile", picture, tile: opened.right.ready.tile });
      failed = await runTiles(opened.right, request, kept, surroundings);
    }
  }
  if (failed !== null) {
    if (isOfEngine(failed)) await model.close();
    return E.left(ofUpscaling(failed));
  }
  const { runtime, name: made, tile } = opened.right.ready;
  const { width, height } = kept.result;
  return E.right({ width, height, runtime, model: made, tile, time: performance.now() - begun });
};
