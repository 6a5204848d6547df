/** A model on the engine of the runtime that was asked for. */
import type { Engine, Runtime } from "@tadsr/core";
import type { DescribedModel } from "@tadsr/model";
import { openUpscaler, type Upscaler } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import type { ModelReady, ModelRequest } from "./messages.ts";
import {
  ofModel,
  ofRuntime,
  ofUpscaling,
  unforeseen,
  type WorkerError,
  workerError,
} from "./worker-error.ts";

export interface OpenedModel {
  readonly upscaler: Upscaler;
  readonly ready: ModelReady;
  /** Releases the weights and gives the device back. */
  readonly close: () => Promise<void>;
}

/** Of a tab; a part of it is for pictures. */
const MEMORY = 2 ** 30;

/** A larger tile would hardly be faster, and one would wait longer for the first. */
const USUAL_TILE = 256;

/** The name by which the first runtime that opens is meant. */
const AUTO = "auto";

const openEngine = async (
  runtimes: readonly Runtime[],
  wanted: string,
): Promise<E.Either<WorkerError, Engine<unknown>>> => {
  const candidates = runtimes.filter(({ name }) => wanted === AUTO || name === wanted);
  let last: E.Either<WorkerError, Engine<unknown>> = E.left(
    workerError(
      "runtime-unavailable",
      `there is no runtime ${wanted}; there are ${[AUTO, ...runtimes.map(({ name }) => name)].join(", ")}`,
    ),
  );
  for (const { open } of candidates) {
    last = E.mapLeft(ofRuntime)(await open());
    if (E.isRight(last)) return last;
  }
  return last;
};

/** The kinds whose result does not depend on the tile take one that shows something soon. */
const tileFor = ({ kind }: DescribedModel, tile: number | undefined): number | undefined =>
  tile ?? (kind === "small" ? USUAL_TILE : undefined);

/** `halved` asks for tiles of half the side, since memory was refused. */
export const openModel = async (
  runtimes: readonly Runtime[],
  described: DescribedModel,
  request: ModelRequest,
  smaller: number | undefined,
): Promise<E.Either<WorkerError, OpenedModel>> => {
  const engine = await openEngine(runtimes, request.runtime);
  if (E.isLeft(engine)) return engine;
  const close = (): Promise<void> => engine.right.close().catch(() => undefined);
  const tile = smaller ?? tileFor(described, request.tile);
  try {
    const opened = await openUpscaler(engine.right, described, {
      memory: MEMORY,
      ...(request.seed === undefined ? {} : { seed: request.seed }),
      ...(tile === undefined ? {} : { tile }),
    })();
    if (E.isLeft(opened)) {
      await close();
      return E.left(opened.left._tag === "EngineFailed" ? ofUpscaling(opened.left) : ofModel(opened.left));
    }
    const { name, factor, parameters, settings } = opened.right;
    return E.right({
      upscaler: opened.right,
      ready: { name, factor, parameters, runtime: engine.right.name, tile: settings.tile },
      close: async () => {
        try {
          opened.right.close();
        } catch {
          // A device that is lost has no weights to release.
        }
        await close();
      },
    });
  } catch (thrown) {
    await close();
    return E.left(unforeseen(thrown));
  }
};
