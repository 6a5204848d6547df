/** ONNX Runtime's own kernels: the algebra compiled to ONNX graphs, on the CPU. */
import type { Runtime, RuntimeError } from "@tadsr/core";
import type { Lowered, OnnxTensor, Session } from "@tadsr/engine-onnx";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { FLOAT32_EPSILON, oneLine, unavailable } from "./tfjs.ts";

export interface OnnxOptions {
  /** Threads that one computation uses; as many as there are physical cores where left out. */
  readonly threads?: number;
}

type Library = typeof import("onnxruntime-node");

/** Numbers that are computed below which threads cost more than they give. */
const WORTH_THREADS = 2 ** 17;

const sessionOf = (library: Library, session: InferenceSession): Session => ({
  run: async (feeds) => {
    const tensors = Object.entries(feeds).map(([name, { shape, data }]): [string, Tensor] => [
      name,
      new library.Tensor("float32", data, [...shape]),
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

export const onnxRuntime = ({ threads }: OnnxOptions = {}): Runtime<OnnxTensor> => ({
  name: "onnx",
  epsilon: FLOAT32_EPSILON,
  open: TE.tryCatch(
    async () => {
      const library = await import("onnxruntime-node");
      const { computedNumbers, encodeModel, onnxEngine } = await import("@tadsr/engine-onnx");
      const threadsFor = (graph: Lowered): InferenceSession.SessionOptions => {
        if (computedNumbers(graph) < WORTH_THREADS) return { intraOpNumThreads: 1 };
        return threads === undefined ? {} : { intraOpNumThreads: threads };
      };
      const openSession = async (graph: Lowered): Promise<Session> =>
        sessionOf(
          library,
          await library.InferenceSession.create(encodeModel(graph), {
            executionProviders: ["cpu"],
            graphOptimizationLevel: "all",
            logSeverityLevel: 3,
            ...threadsFor(graph),
          }),
        );
      return onnxEngine({
        name: "onnx",
        epsilon: FLOAT32_EPSILON,
        dialect: { opset: 20, contrib: true, openSizes: false },
        openSession,
      });
    },
    (error): RuntimeError =>
      unavailable("onnx", `onnxruntime-node (${oneLine(error)})`, "install again: npx -y pnpm@12 install"),
  ),
});

export const onnx = onnxRuntime();
