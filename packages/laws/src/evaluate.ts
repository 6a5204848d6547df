/** Runs the two sides of a law on an engine, and finds how large their terms are. */
import {
  type Algebra,
  type Engine,
  type NdArray,
  type ReferenceTensor,
  referenceAlgebra,
  type TensorKind,
} from "@tadsr/core";
import type { Input } from "./inputs.ts";
import type { Operation } from "./law.ts";
import { termsOf } from "./terms.ts";

/** One expression over the algebra, which every interpreter can run. */
export type Program = <T>(algebra: Algebra<T>, ...tensors: T[]) => T;

/** Uploads, runs in a scope, downloads, and releases everything it made. */
export const evaluate = async <T>(
  engine: Engine<T>,
  kind: TensorKind,
  inputs: readonly Input[],
  program: Program,
): Promise<NdArray> => {
  const tensors = new Set<T>();
  const keep = (tensor: T): T => {
    tensors.add(tensor);
    return tensor;
  };
  try {
    const uploaded = inputs.map((array) => keep(engine.upload(array.kind, array)));
    const result = keep(engine.scope(() => program(engine.algebra, ...uploaded)));
    return await engine.download(kind, result);
  } finally {
    engine.release(tensors);
  }
};

/** The program's value in float64. */
export const onReference = (inputs: readonly Input[], program: Program): ReferenceTensor =>
  program(referenceAlgebra, ...inputs);

/** Operations that add up products. Their terms may be larger than their sum. */
const sums: ReadonlySet<Operation> = new Set([
  "add",
  "subtract",
  "offset",
  "mean",
  "conv2d",
  "depthwiseConv2d",
  "linear",
  "modulate",
  "sequenceConvolution",
]);

const isTensor = (x: unknown): x is ReferenceTensor =>
  typeof x === "object" && x !== null && "data" in x && x.data instanceof Float64Array;

const positive = (x: unknown): unknown => {
  if (isTensor(x)) return referenceAlgebra.abs(x);
  return typeof x === "number" ? Math.abs(x) : x;
};

const largest = (data: Float64Array, least: number): number =>
  data.reduce((most, x) => Math.max(most, Math.abs(x)), least);

/**
 * The largest magnitude that occurs while the program runs in float64, at least 1: of its inputs, of every intermediate
 * result, of every sum taken over absolute values, and of the large terms inside operations whose result is small.
 */
export const sizeOf = (inputs: readonly Input[], ...programs: readonly Program[]): number => {
  let size = inputs.reduce((most, { data }) => largest(data, most), 1);
  type Run = (...args: readonly unknown[]) => ReferenceTensor;
  const recorded = Object.entries(referenceAlgebra).map(([name, operation]) => [
    name,
    (...args: readonly unknown[]): ReferenceTensor => {
      const run = operation as unknown as Run;
      const result = run(...args);
      size = largest(result.data, size);
      if (sums.has(name as Operation)) size = largest(run(...args.map(positive)).data, size);
      size = Math.max(size, termsOf(name as Operation, args));
      return result;
    },
  ]);
  const recording = Object.fromEntries(recorded) as unknown as Algebra<ReferenceTensor>;
  for (const program of programs) program(recording, ...inputs);
  return size;
};
