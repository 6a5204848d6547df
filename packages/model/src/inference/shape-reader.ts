/** Reads a network's configuration from the shapes of its tensors. */

/** Shapes by the tensors' names, without a wrapper's prefix. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

export interface ShapeReader {
  /**
   * The length of an axis, or 1 if there is no such tensor or axis. Then `absent` names the first such tensor, and no
   * value computed from the 1 is used.
   */
  axis(name: string, axis: number): number;
  has(name: string): boolean;
  /** How many of the tensors `nameOf(0)`, `nameOf(1)`, ... there are, up to the first that is missing. */
  count(nameOf: (index: number) => string): number;
  /** The first tensor that was asked for and is missing, or has too few axes. */
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
