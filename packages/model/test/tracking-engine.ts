import {
  type Algebra,
  type Engine,
  type ReferenceTensor,
  referenceAlgebra,
  referenceEngine,
} from "@tadsr/core";

/** A reference tensor that an engine with its own memory would have to release. */
export interface Tracked {
  readonly tensor: ReferenceTensor;
}

export interface TrackingEngine extends Engine<Tracked> {
  /** The largest number of values that were alive at once since its last call. */
  readonly peak: () => number;
}

/**
 * The reference engine with the bookkeeping of an engine with its own memory: it counts what is alive, and throws if a
 * released tensor is used, released again, or lost in a scope.
 */
export const trackingEngine = (): TrackingEngine => {
  const scopes: Set<Tracked>[] = [new Set()];
  let [numbers, peak] = [0, 0];
  const isTracked = (value: unknown): value is Tracked =>
    typeof value === "object" && value !== null && "tensor" in value;
  const holder = (tracked: Tracked) => scopes.find((scope) => scope.has(tracked));
  const track = (tensor: ReferenceTensor): Tracked => {
    const tracked = { tensor };
    scopes.at(-1)?.add(tracked);
    numbers += tensor.data.length;
    peak = Math.max(peak, numbers);
    return tracked;
  };
  const drop = (tracked: Tracked): void => {
    const scope = holder(tracked);
    if (scope === undefined) throw new Error("released twice");
    scope.delete(tracked);
    numbers -= tracked.tensor.data.length;
  };
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (!isTracked(value)) return value;
    if (holder(value) === undefined) throw new Error("a released tensor was used");
    return value.tensor;
  };
  const algebra = Object.fromEntries(
    Object.entries(referenceAlgebra).map(([name, operation]) => [
      name,
      (...operands: readonly unknown[]) =>
        track((operation as (...operands: readonly unknown[]) => ReferenceTensor)(...operands.map(plain))),
    ]),
  ) as unknown as Algebra<Tracked>;
  const held = (value: unknown): readonly Tracked[] => {
    if (isTracked(value)) return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(held) : [];
  };
  const { joining: _joining, ...edges } = referenceEngine;
  return {
    ...edges,
    name: "tracking",
    algebra,
    differentiate: null,
    settle: async () => undefined,
    upload: (kind, array) => track(referenceEngine.upload(kind, array)),
    download: (kind, tracked) => referenceEngine.download(kind, plain(tracked) as ReferenceTensor),
    scope: (work) => {
      const scope = new Set<Tracked>();
      scopes.push(scope);
      const result = work();
      const kept = new Set(held(result));
      for (const tracked of scope) if (!kept.has(tracked)) drop(tracked);
      scopes.pop();
      for (const tracked of scope) scopes.at(-1)?.add(tracked);
      return result;
    },
    release: (tensors) => {
      for (const tracked of tensors) drop(tracked);
    },
    liveTensors: () => scopes.reduce((sum, scope) => sum + scope.size, 0),
    peak: () => {
      const most = peak;
      peak = numbers;
      return most;
    },
  };
};
