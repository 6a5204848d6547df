/** What the worker does if its engine fails in the middle of a picture, and that nothing stays behind. */
import {
  anyRuntime,
  type Engine,
  type EngineFailure,
  errorOfFailure,
  type Runtime,
  referenceEngine,
} from "@tadsr/core";
import {
  type DescribedModel,
  fileInMemory,
  type Picture,
  pictureNetwork,
  sinkInMemory,
  writeRandomWeights,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import type { FromWorker } from "../src/worker/messages.ts";
import { modelInUse } from "../src/worker/model-in-use.ts";
import { type KeptPicture, type PhotoRequest, upscalePhoto } from "../src/worker/upscale-photo.ts";

const config = { kind: "srvgg", channels: 2, convolutions: 0, factor: 2 } as const;

const describedModel = async (): Promise<DescribedModel> => {
  const network = pictureNetwork(config);
  const sink = sinkInMemory("w");
  await writeRandomWeights(sink, network.parameters, { seed: 1, dtype: "F32", format: "safetensors" })();
  const file = { file: fileInMemory("small.safetensors", sink.bytes()) };
  return { kind: "picture", model: { name: "small", file, config, network, mix: null } };
};

/** Engines whose results fail as `failureAt` says: by the number of the engine and of the download on it. */
const failing = (failureAt: (engine: number, download: number) => EngineFailure["reason"] | null) => {
  const counts = { opened: 0, closed: 0 };
  const open = async (): Promise<E.Either<never, Engine<unknown>>> => {
    const number = counts.opened++;
    let downloads = 0;
    const engine = referenceEngine as unknown as Engine<unknown>;
    return E.right({
      ...engine,
      download: async (kind, tensor) => {
        const reason = failureAt(number, downloads++);
        if (reason !== null)
          throw errorOfFailure({ _tag: "EngineFailure", reason, message: `planted ${reason}` });
        return engine.download(kind, tensor);
      },
      close: async () => {
        counts.closed++;
      },
    });
  };
  return { counts, runtime: anyRuntime({ name: "planted", epsilon: 1e-6, open } as Runtime<unknown>) };
};

const picture: Picture = { width: 20, height: 4, channels: 3, data: new Uint8Array(240).fill(90) };

/** Upscales the picture with tiles of 8 pixels, as often as there are signals. */
const run = async (
  failureAt: Parameters<typeof failing>[0],
  signals: readonly AbortSignal[],
  onMessage: (message: FromWorker) => void = () => undefined,
) => {
  const { counts, runtime } = failing(failureAt);
  const request = {
    model: { kind: "files", network: new File([], "small") },
    runtime: "auto",
    tile: 8,
  } as const;
  const model = modelInUse([runtime], await describedModel(), request);
  const messages: FromWorker[] = [];
  const kept = new Map<number, KeptPicture>();
  const results = [];
  for (const [number, signal] of signals.entries()) {
    const photo: PhotoRequest = { picture: number, file: new Blob([]), name: "photo.png", signal };
    results.push(
      await upscalePhoto(photo, {
        decode: async () => E.right({ picture, carried: {} }),
        model,
        post: (message) => {
          messages.push(message);
          onMessage(message);
        },
        keep: (place, one) => kept.set(place, one),
      }),
    );
  }
  await model.close();
  return { results, messages, counts, kept };
};

const never = new AbortController().signal;

describe("a worker whose engine fails", () => {
  it("takes tiles of half the side once, if memory is refused", async () => {
    const { results, messages, counts, kept } = await run(
      (engine, download) => (engine === 0 && download === 1 ? "out-of-memory" : null),
      [never, never],
    );
    expect(results).toMatchObject([{ right: { width: 40, height: 8, tile: 4 } }, { right: { tile: 4 } }]);
    expect(messages.filter(({ type }) => type === "smaller-tile")).toEqual([
      { type: "smaller-tile", picture: 0, tile: 4 },
    ]);
    expect(counts).toMatchObject({ opened: 2, closed: 2 });
    expect(kept.get(0)?.result.row(7)).toEqual(kept.get(1)?.result.row(7));
  });

  it("says so if smaller tiles do not fit either", async () => {
    const { results, counts } = await run(() => "out-of-memory", [never, never]);
    for (const result of results)
      expect(result).toMatchObject({
        left: { code: "out-of-memory", message: expect.stringContaining("planted") },
      });
    expect(counts.closed).toBe(counts.opened);
  });

  it("tells that the device was lost, and opens it again for the next picture", async () => {
    const { results, counts } = await run(
      (engine, download) => (engine === 0 && download === 1 ? "device-lost" : null),
      [never, never],
    );
    expect(results).toMatchObject([{ left: { code: "device-lost" } }, { right: { tile: 8 } }]);
    expect(counts).toMatchObject({ opened: 2, closed: 2 });
  });

  it("stops between tiles, and makes the next picture on the same engine", async () => {
    const stop = new AbortController();
    const { results, counts } = await run(
      () => null,
      [stop.signal, never],
      ({ type }) => type === "tile" && stop.abort(),
    );
    expect(results).toMatchObject([{ left: { code: "aborted" } }, { right: { width: 40 } }]);
    expect(counts).toMatchObject({ opened: 1, closed: 1 });
  });
});
