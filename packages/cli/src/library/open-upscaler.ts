/** Upscaling in three lines, with promises: the functional packages, put together. */
import { describeModel, type ModelChoices } from "@tadsr/files";
import type { FinishedTile, Picture } from "@tadsr/model";
import { usableMemory } from "@tadsr/runtime-node";
import {
  type DescribedUpscaler,
  prepareModel,
  type UpscaleRequest,
  type Upscaler,
  type UpscalerOptions,
} from "@tadsr/upscale";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { definedOf } from "../defined.ts";
import { openRuntime, type RuntimeChoice } from "../runtimes.ts";
import { DEFAULT_MODEL } from "../upscale/options.ts";
import { checkChoices } from "./check-choices.ts";
import { type GivenPicture, pictureOf } from "./given-picture.ts";
import { orThrow, promised, type Reason, TadsrError } from "./tadsr-error.ts";

export interface OpenOptions extends ModelChoices, UpscalerOptions {
  /** The name of a shipped model, a folder, or a file of weights; `small-x4` by default. */
  readonly model?: string;
  /** `auto` by default: the fastest that opens, or a graphics card that `tadsr doctor` measured to be faster. */
  readonly runtime?: RuntimeChoice;
  /** The number of threads, by default the physical cores. */
  readonly threads?: number;
  /** The number of the graphics card, for `webgpu` and `onnx-cuda`: `tadsr doctor` lists them. */
  readonly device?: number;
}

/** An open model. It makes one picture at a time: if several are asked for, each waits for its turn. */
export interface OpenUpscaler extends DescribedUpscaler {
  /** Where it runs. */
  readonly runtime: string;
  /** The larger picture. If the picture has alpha, the result's is made of it by Lanczos-3. */
  readonly upscale: (picture: GivenPicture, request?: UpscaleRequest) => Promise<Picture>;
  /** The colours of the larger picture in parts, each as soon as it is done. */
  readonly tiles: (
    picture: GivenPicture,
    request?: UpscaleRequest,
  ) => AsyncGenerator<FinishedTile, void, undefined>;
  /** Waits until the last picture is done, then gives back memory and device. */
  readonly close: () => Promise<void>;
}

interface Opened {
  readonly upscaler: Upscaler;
  readonly runtime: string;
  readonly close: () => Promise<void>;
}

/** A wrong model or option is an error before the runtime is loaded. */
const opened = ({ model = DEFAULT_MODEL, runtime = "auto", threads, device, ...options }: OpenOptions) =>
  pipe(
    TE.fromEither(checkChoices({ runtime, ...options })),
    TE.chainW(() => describeModel(model, options)),
    TE.chainW((described) => prepareModel(described, { memory: usableMemory(), ...options })),
    TE.bindTo("prepared"),
    TE.bindW("engine", () => openRuntime(runtime, definedOf({ threads, device }))),
    TE.chainW(({ prepared, engine }): TE.TaskEither<Reason, Opened> => {
      const close = (): Promise<void> => engine.close();
      return pipe(
        prepared.open(engine),
        TE.bimap(
          (error): Reason => error,
          (upscaler): Opened => ({ upscaler, runtime: engine.name, close }),
        ),
        TE.orElseFirstTaskK(() => close),
      );
    }),
  );

const upscaled = ({ upscale }: Upscaler, given: GivenPicture, request: UpscaleRequest) =>
  pipe(
    pictureOf(given),
    TE.chainW((picture) => upscale(picture, request)),
  );

async function* tilesOf(
  { tiles }: Upscaler,
  given: GivenPicture,
  request: UpscaleRequest,
): AsyncGenerator<FinishedTile, void, undefined> {
  for await (const tile of tiles(await promised(pictureOf(given)), request)) yield orThrow(tile);
}

/** Runs pieces of work one after another; one that fails does not stop the next. */
const oneByOne = (): (<A>(work: () => Promise<A>) => Promise<A>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
};

/** Opens a model on this machine. This promise, and those of the upscaler, reject with a `TadsrError`. */
export const openUpscaler = async (options: OpenOptions = {}): Promise<OpenUpscaler> => {
  const { upscaler, runtime, close } = await promised(opened(options));
  const { name, factor, parameters, settings } = upscaler;
  const inTurn = oneByOne();
  let isClosed = false;
  const check = (): void => {
    if (isClosed) throw new TadsrError("closed", `the upscaler of ${name} was closed; open another one`);
  };
  return {
    ...{ name, factor, parameters, settings, runtime },
    upscale: async (picture, request = {}) => {
      check();
      return inTurn(() => promised(upscaled(upscaler, picture, request)));
    },
    tiles: async function* (picture, request = {}) {
      check();
      yield* tilesOf(upscaler, picture, request);
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await inTurn(async () => {
        upscaler.close();
        await close();
      });
    },
  };
};
