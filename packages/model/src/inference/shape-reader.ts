/** Reading a network's configuration off its tensors' shapes. */

/** Shapes by the tensors' names, without a wrapper's prefix. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

export interface ShapeReader {
  /**
   * The length of an axis. 1 where there is no such tensor or axis: the tensor is then the first `absent`
   * one, and nothing that is made of the 1 is used.
   */
  axis(name: string, axis: number): number;
  has(name: string): boolean;
  /** How many follow each other from 0 on, by the name of a tensor that each of them has. */
  count(nameOf: (index: number) => string): number;
  /** The first tensor that was asked for and is not there, or has too few axes. */
  absent(): string | null;
}

export const shapeReader = (shapes: Shapes): ShapeReader => {
  let absent: string | null = null;
  return {
    axis: (name, axis) => {
      const length = shapes.get(name)?.[axis];
      if (length === undefined) absent ??= name;
      return length ?? 1;
    },
    has: (name) => shapes.has(name),
    count: (nameOf) => {
      let index = 0;
      while (shapes.has(nameOf(index))) index++;
      return index;
    },
    absent: () => absent,
  };
};
