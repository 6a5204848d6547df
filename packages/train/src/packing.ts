/**
 * The tensors that the optimiser works on. If the engine can join tensors, all of a network's tensors are one vector,
 * so that a pass over them is one operation. Otherwise they are the tensors themselves. It is a record in both cases,
 * so the same code serves both.
 */
import { type Engine, elements, type Tensors } from "@tadsr/core";
import type { ParameterSpec } from "@tadsr/model";

export interface Packing<T> {
  /** The number of elements of each packed tensor, by the tensor's name. */
  readonly sizes: Readonly<Record<string, number>>;
  pack(tensors: Tensors<T>): Tensors<T>;
  /** The tensors by their own names: new ones if they were joined, else those that were packed. */
  unpack(packed: Tensors<T>): Tensors<T>;
}

const JOINED = "joined";

/** `example`: tensors of these parameters. */
export const packingOf = <T>(
  { joining }: Pick<Engine<T>, "joining">,
  parameters: readonly Pick<ParameterSpec, "name" | "shape">[],
  example: Tensors<T>,
): Packing<T> => {
  const sizes = parameters.map(({ name, shape }) => [name, elements(shape)] as const);
  if (joining === undefined) {
    return {
      sizes: Object.fromEntries(sizes),
      pack: (tensors) => tensors,
      unpack: (packed) => packed,
    };
  }
  const { join, part } = joining(example);
  return {
    sizes: { [JOINED]: sizes.reduce((sum, [, size]) => sum + size, 0) },
    pack: (tensors) => ({ [JOINED]: join(tensors) }),
    unpack: ({ [JOINED]: vector }) => {
      if (vector === undefined) throw new Error("a packed record holds no joined vector");
      return part(vector);
    },
  };
};
