/** An engine with countable memory: it counts its tensors, and a released tensor loses its values. */
import {
  type Algebra,
  type Engine,
  type Joining,
  type ReferenceTensor,
  referenceAlgebra,
  referenceEngine,
  type Tensors,
} from "@tadsr/core";

/** Every tensor in a value: the value itself, or those in its lists and records. */
const tensorsIn = (value: unknown): readonly ReferenceTensor[] => {
  if (typeof value !== "object" || value === null) return [];
  if ("data" in value && value.data instanceof Float64Array) return [value as ReferenceTensor];
  return Object.values(value).flatMap(tensorsIn);
};

export interface Memory {
  readonly alive: Set<ReferenceTensor>;
  readonly scopes: Set<ReferenceTensor>[];
}

export interface CountingOptions {
  /** Which of the tensors made in a scope and not kept are released. */
  readonly releasedByScope?: (made: readonly ReferenceTensor[]) => readonly ReferenceTensor[];
  /** Whether a scope keeps what its result holds. */
  readonly keepsResult?: boolean;
  /** Whether a scope cleans up after an error. */
  readonly cleansUpAfterErrors?: boolean;
  readonly release?: (tensors: readonly ReferenceTensor[]) => readonly ReferenceTensor[];
}

const referenceJoining = (example: Tensors<ReferenceTensor>): Joining<ReferenceTensor> => {
  const made = referenceEngine.joining?.(example);
  if (made === undefined) throw new Error("the reference joins no tensors");
  return made;
};

const everything = (tensors: readonly ReferenceTensor[]): readonly ReferenceTensor[] => tensors;

export const countingEngine = ({
  releasedByScope = everything,
  keepsResult = true,
  cleansUpAfterErrors = true,
  release = everything,
}: CountingOptions = {}): Engine<ReferenceTensor> => {
  const memory: Memory = { alive: new Set(), scopes: [] };
  const made = (tensor: ReferenceTensor): ReferenceTensor => {
    const own = { shape: tensor.shape, data: tensor.data.slice() };
    memory.alive.add(own);
    memory.scopes.at(-1)?.add(own);
    return own;
  };
  const free = (tensors: readonly ReferenceTensor[]): void => {
    for (const tensor of tensors) {
      memory.alive.delete(tensor);
      tensor.data.fill(Number.NaN);
    }
  };
  type Run = (...args: readonly unknown[]) => ReferenceTensor;
  const algebra = Object.fromEntries(
    Object.entries(referenceAlgebra).map(([name, operation]) => [
      name,
      (...args: readonly unknown[]) => made((operation as unknown as Run)(...args)),
    ]),
  ) as unknown as Algebra<ReferenceTensor>;
  const leave = (kept: ReadonlySet<ReferenceTensor>): void => {
    const own = memory.scopes.pop() ?? new Set();
    free(releasedByScope([...own].filter((tensor) => !kept.has(tensor))));
    for (const tensor of kept) if (own.has(tensor)) memory.scopes.at(-1)?.add(tensor);
  };
  return {
    ...referenceEngine,
    name: "counting",
    algebra,
    joining: (example) => {
      const { join, part } = referenceJoining(example);
      return {
        join: (tensors) => made(join(tensors)),
        part: (vector) =>
          Object.fromEntries(Object.entries(part(vector)).map(([name, tensor]) => [name, made(tensor)])),
      };
    },
    // The reference's tape does not know the copies that this engine's operations return.
    differentiate: null,
    upload: (kind, array) => made(referenceEngine.upload(kind, array)),
    scope: (work) => {
      memory.scopes.push(new Set());
      try {
        const result = work();
        leave(new Set(keepsResult ? tensorsIn(result) : []));
        return result;
      } catch (error) {
        if (cleansUpAfterErrors) leave(new Set());
        else memory.scopes.pop();
        throw error;
      }
    },
    release: (tensors) => free(release([...tensors])),
    liveTensors: () => memory.alive.size,
  };
};
