/** The worker's side: does what the page's messages ask for. Only this file knows that there are messages. */
import type { Runtime } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { decodePhoto } from "./decode-photo.ts";
import { describeChoice } from "./describe-choice.ts";
import { rowsOf } from "./kept-result.ts";
import type { CallName, Calls, FromWorker, ToWorker, ViewRequest } from "./messages.ts";
import { modelInUse } from "./model-in-use.ts";
import { savePicture } from "./save-picture.ts";
import { type KeptPicture, type ModelInUse, upscalePhoto } from "./upscale-photo.ts";
import { viewOf } from "./view-of-rows.ts";
import { type WeightsCache, weightsCache } from "./weights-cache.ts";
import { privateFiles } from "./weights-store.ts";
import { unforeseen, type WorkerError, workerError } from "./worker-error.ts";

/** What a worker's global object has of this. */
export interface WorkerScope {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
}

export interface ServingParts {
  /** `auto` takes the first that opens. They may say something through `tell`. */
  readonly runtimes: (tell: (line: string) => void) => readonly Runtime[];
  /** By default the site's private files. */
  readonly cache?: WeightsCache;
}

type Answer<K extends CallName> = Promise<E.Either<WorkerError, Calls[K]["answer"]>>;
type Handlers = { readonly [K in CallName]: (ask: Calls[K]["ask"]) => Answer<K> };

/** Buffers that go to the page without a copy: nobody here reads them any more. */
const buffersOf = (message: FromWorker): Transferable[] => {
  switch (message.type) {
    case "started":
      return [message.preview.data.buffer];
    case "tile":
      return [message.reduced.data.buffer];
    case "answer": {
      const { answer } = message;
      return E.isRight(answer) && answer.right !== null && "data" in answer.right
        ? [answer.right.data.buffer]
        : [];
    }
    case "received":
    case "smaller-tile":
    case "note":
      return [];
  }
};

const noModel = workerError("invalid-model", "no model is open; open one before the first picture");
const noPicture = workerError(
  "invalid-picture",
  "the worker does not have this picture any more; upscale it again",
);

const view = (kept: KeptPicture, { side, rectangle, size }: ViewRequest) =>
  viewOf(side === "before" ? rowsOf(kept.before) : kept.result, rectangle, size);

/** One thing after another: what needs the engine. */
const inTurn = (): (<A>(work: () => Promise<A>) => Promise<A>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
};

/** Answers until the worker is ended. Call it once, first thing in the worker's script. */
export const serveUpscaling = (
  scope: WorkerScope,
  {
    runtimes,
    cache = weightsCache({ store: privateFiles, fetch: (address, init) => fetch(address, init) }),
  }: ServingParts,
): void => {
  const post = (message: FromWorker): void => scope.postMessage(message, buffersOf(message));
  const available = runtimes((text) => post({ type: "note", text }));
  const pictures = new Map<number, KeptPicture>();
  const stops = new Map<number, AbortController>();
  const turn = inTurn();
  let model: ModelInUse | null = null;

  const upscale = async ({ picture, file, name }: Calls["upscale"]["ask"]): Answer<"upscale"> => {
    if (model === null) return E.left(noModel);
    const { signal } = stops.get(picture) ?? new AbortController();
    const keep = (number: number, kept: KeptPicture): void => {
      pictures.set(number, kept);
    };
    const result = await upscalePhoto(
      { picture, file, name, signal },
      { decode: decodePhoto, model, post, keep },
    );
    if (E.isLeft(result)) pictures.delete(picture);
    stops.delete(picture);
    return result;
  };

  const handlers: Handlers = {
    open: (ask) =>
      turn(async () => {
        await model?.close();
        model = null;
        const opening = pipe(
          describeChoice(ask.model, cache, (bytes, of) => post({ type: "received", bytes, of })),
          TE.chain((described) => {
            model = modelInUse(available, described, ask);
            return model.open;
          }),
          TE.map(({ ready }) => ready),
        );
        return opening();
      }),
    upscale: (ask) => {
      stops.set(ask.picture, new AbortController());
      return turn(() => upscale(ask));
    },
    view: async (ask) => {
      const kept = pictures.get(ask.picture);
      return kept === undefined ? E.left(noPicture) : E.right(view(kept, ask));
    },
    save: async ({ picture, format, quality }) => {
      const kept = pictures.get(picture);
      return kept === undefined ? E.left(noPicture) : savePicture(kept.result, kept.carried, format, quality);
    },
    "empty-cache": () => cache.empty()(),
  };

  const answer = async <K extends CallName>(type: K, ask: Calls[K]["ask"], id: number): Promise<void> => {
    try {
      post({ type: "answer", id, answer: await handlers[type](ask) });
    } catch (thrown) {
      post({ type: "answer", id, answer: E.left(unforeseen(thrown)) });
    }
  };

  scope.addEventListener("message", ({ data }) => {
    switch (data.type) {
      case "abort":
        stops.get(data.picture)?.abort();
        return;
      case "forget":
        stops.get(data.picture)?.abort();
        pictures.delete(data.picture);
        return;
      case "open":
        return void answer(data.type, data.ask, data.id);
      case "upscale":
        return void answer(data.type, data.ask, data.id);
      case "view":
        return void answer(data.type, data.ask, data.id);
      case "save":
        return void answer(data.type, data.ask, data.id);
      case "empty-cache":
        return void answer(data.type, data.ask, data.id);
    }
  });
};
