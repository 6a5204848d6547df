/** Sessions of ONNX Runtime on graphs. A graph that was optimised before comes from the cache. */
import { open as openFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  computedNumbers,
  encodeModel,
  type Lowered,
  layOut,
  type Session,
  weightBytes,
} from "@tadsr/engine-onnx";
import * as E from "fp-ts/lib/Either.js";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { contentKey } from "./content-key.ts";
import { type LeftTeller, profiled } from "./left-to-processor.ts";
import { MODEL_FILE, type ModelCache } from "./model-cache.ts";
import { processorKind } from "./processor.ts";
import type { OnnxProvider } from "./provider.ts";

type Library = typeof import("onnxruntime-node");

export type OpenSession = (graph: Lowered) => Promise<Session>;

export interface SessionSettings {
  readonly library: Library;
  readonly provider: OnnxProvider;
  readonly threads: number;
  readonly cache: ModelCache;
  /** The number of the graphics card, where the provider can choose. */
  readonly device?: number;
  /** Is told which nodes of a graph the provider leaves to the processor. */
  readonly left?: LeftTeller;
}

/** To be changed when entries of the cache are made in another way. */
const CACHE_VERSION = "1";

/** If fewer numbers are computed, threads and a kept optimised graph cost more than they save. */
const LEAST_WORK = 2 ** 17;

/** Tensors of at least this many bytes are put in a file of their own, which is mapped into memory instead of read. */
const LEAST_BESIDE = 2 ** 10;

const WEIGHTS_FILE = "weights.bin";

/** Weights of at least this many bytes are written to a file before they are optimised; it is removed afterwards. */
const LEAST_MAPPED = 2 ** 26;
const SOURCE_FILE = "source.onnx";
const SOURCE_WEIGHTS_FILE = "source.bin";

const sessionOf = ({ Tensor }: Library, session: InferenceSession): Session => ({
  run: async (feeds) => {
    const tensors = Object.entries(feeds).map(([name, { shape, data }]): [string, Tensor] => [
      name,
      new Tensor("float32", data, [...shape]),
    ]);
    const results = await session.run(Object.fromEntries(tensors));
    return Object.fromEntries(
      Object.entries(results).map(([name, { dims, data }]) => [
        name,
        { shape: dims, data: data as Float32Array },
      ]),
    );
  },
  close: () => session.release(),
});

/** `first` is called after the first run, or when the session is closed without one. */
const afterFirstRun = ({ run, close }: Session, first: () => Promise<void>): Session => {
  let isFirst = true;
  const once = async (): Promise<void> => {
    if (!isFirst) return;
    isFirst = false;
    await first();
  };
  return {
    run: async (feeds) => {
      const results = await run(feeds);
      await once();
      return results;
    },
    close: async () => {
      await once();
      await close();
    },
  };
};

const optionsFor = (
  { provider, threads, device }: SessionSettings,
  isSmall: boolean,
): InferenceSession.SessionOptions => ({
  executionProviders: [
    ...(provider === "cpu" ? [] : [device === undefined ? provider : { name: provider, deviceId: device }]),
    "cpu",
  ],
  // The warnings left out are about nodes that stay on the CPU and optimised files that fit one processor only.
  logSeverityLevel: 3,
  intraOpNumThreads: isSmall ? 1 : threads,
});

/** Writes the optimised model into the folder, with its large weights in a file of their own. */
const keptIn = (folder: string): InferenceSession.SessionOptions => ({
  optimizedModelFilePath: join(folder, MODEL_FILE),
  extra: {
    session: {
      optimized_model_external_initializers_file_name: WEIGHTS_FILE,
      optimized_model_external_initializers_min_size_in_bytes: String(LEAST_BESIDE),
    },
  },
});

export const sessionOpener = (settings: SessionSettings): OpenSession => {
  const { library, cache, left } = settings;
  const { InferenceSession, env } = library;
  const circumstances = [CACHE_VERSION, env.versions.node ?? env.versions.common, processorKind()];
  const open = async (model: Uint8Array | string, more: InferenceSession.SessionOptions): Promise<Session> =>
    sessionOf(
      library,
      // The two calls are overloads, and TypeScript does not choose between them for a union.
      await (typeof model === "string"
        ? InferenceSession.create(model, more)
        : InferenceSession.create(model, more)),
    );
  /** A session whose first run tells what the provider leaves to the processor. */
  const openWatched = async (
    graph: Lowered,
    base: InferenceSession.SessionOptions,
    left: LeftTeller,
  ): Promise<Session> => {
    const model = encodeModel(graph);
    const profile = await profiled();
    if (E.isLeft(profile)) {
      await left.tell(() => Promise.reject(profile.left));
      return open(model, base);
    }
    const { options, read, remove } = profile.right;
    try {
      const session = await InferenceSession.create(model, { ...base, ...options });
      return afterFirstRun(sessionOf(library, session), () => left.tell(() => read(session)));
    } catch (thrown) {
      await remove();
      throw thrown;
    }
  };
  /**
   * Large weights are passed in a mapped file, so that memory does not hold them twice, as weights and as a message.
   */
  const openModel = async (
    graph: Lowered,
    folder: string,
    more: InferenceSession.SessionOptions,
  ): Promise<Session> => {
    if (weightBytes(graph) < LEAST_MAPPED) return open(encodeModel(graph), more);
    const [source, weights] = [join(folder, SOURCE_FILE), join(folder, SOURCE_WEIGHTS_FILE)];
    const { pieces, offsetOf } = layOut(graph);
    const file = await openFile(weights, "w");
    try {
      for (const { offset, bytes } of pieces) await file.write(bytes, 0, bytes.byteLength, offset);
    } finally {
      await file.close();
    }
    await writeFile(source, encodeModel(graph, { beside: { file: SOURCE_WEIGHTS_FILE, offsetOf } }));
    try {
      return await open(source, more);
    } finally {
      await rm(source);
      await rm(weights);
    }
  };
  /** Opens the entry of the cache; null if it is missing or ONNX Runtime cannot read it. */
  const reopen = async (key: string, base: InferenceSession.SessionOptions): Promise<Session | null> => {
    const file = await cache.find(key);
    if (file === null) return null;
    try {
      return await open(file, { ...base, graphOptimizationLevel: "disabled" });
    } catch (thrown) {
      await cache.discard(
        key,
        thrown instanceof Error ? (thrown.message.split("\n")[0] ?? "") : String(thrown),
      );
      return null;
    }
  };
  return async (graph) => {
    const isSmall = computedNumbers(graph) < LEAST_WORK;
    const base = { ...optionsFor(settings, isSmall), graphOptimizationLevel: "all" } as const;
    if (isSmall) return open(encodeModel(graph), base);
    if (left !== undefined && !left.isDone()) return openWatched(graph, base, left);
    const plain = (): Promise<Session> => open(encodeModel(graph), base);
    if (!cache.keeps) return plain();
    const key = contentKey(graph, circumstances);
    const known = await reopen(key, base);
    if (known !== null) return known;
    let made: Session | null = null;
    let refusal: unknown = null;
    await cache.fill(key, async (folder) => {
      try {
        made = await openModel(graph, folder, { ...base, ...keptIn(folder) });
      } catch (thrown) {
        // The cache is at fault only if the graph opens without it.
        made = await plain().catch((reason: unknown) => {
          refusal = reason;
          return null;
        });
        if (made !== null) throw thrown;
      }
      return made !== null;
    });
    if (refusal !== null) throw refusal;
    return made ?? plain();
  };
};
