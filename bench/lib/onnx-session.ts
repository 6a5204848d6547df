/** Plain sessions of ONNX Runtime, with the same settings as this project's engine. */
import { elements } from "@tadsr/core";
import { physicalCores } from "@tadsr/runtime-node";
import { InferenceSession, Tensor } from "onnxruntime-node";

export const openSession = (model: string | Uint8Array): Promise<InferenceSession> => {
  const options: InferenceSession.SessionOptions = {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    intraOpNumThreads: physicalCores(),
    logSeverityLevel: 3,
  };
  return typeof model === "string"
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options);
};

/** Numbers between -0.5 and 0.5 that depend only on their place. */
export const wave = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) / 2);

export const float = (data: Float32Array, dims: readonly number[]): Tensor =>
  new Tensor("float32", data, [...dims]);

/** An input of the session, by its place, with arbitrary numbers. */
export const anyInput = (session: InferenceSession, place: number): readonly [string, Tensor] => {
  const described = session.inputMetadata[place];
  if (described === undefined || !described.isTensor) throw new Error(`the graph has no input ${place}`);
  const dims = described.shape.map(Number);
  const count = elements(dims);
  const tensor =
    described.type === "int64"
      ? new Tensor(
          "int64",
          BigInt64Array.from({ length: count }, () => 14n),
          dims,
        )
      : float(wave(count), dims);
  return [described.name, tensor];
};

/** All inputs. */
export const anyInputs = (session: InferenceSession): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(session.inputMetadata.map((_, place) => anyInput(session, place)));
