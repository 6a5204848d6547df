/** The engine `onnx` without a cache, which counts the sessions that it opens. */
import { type Engine, FLOAT32_EPSILON } from "@tadsr/core";
import { type Lowered, nodeCounts, type OnnxTensor, onnxEngine } from "@tadsr/engine-onnx";
import { fastestDialect } from "../src/index.ts";
import { noCache } from "../src/onnx/model-cache.ts";
import { sessionOpener } from "../src/onnx/sessions.ts";

export interface CountedEngine {
  readonly engine: Engine<OnnxTensor>;
  /** The nodes of each session's graph by operator, in the order in which the sessions were opened. */
  readonly opened: readonly Readonly<Record<string, number>>[];
}

export const countedEngine = async (): Promise<CountedEngine> => {
  const library = await import("onnxruntime-node");
  const open = sessionOpener({ library, provider: "cpu", threads: 1, cache: noCache });
  const opened: Readonly<Record<string, number>>[] = [];
  const engine = onnxEngine({
    name: "onnx, counted",
    epsilon: FLOAT32_EPSILON,
    dialect: fastestDialect,
    openSession: (graph: Lowered) => {
      opened.push(nodeCounts(graph));
      return open(graph);
    },
  });
  return { engine, opened };
};
