/** A place for a number of the program that may change: the n-th of a computation's `numbers`. */
export interface NumberSlot {
  readonly slot: number;
}

export const isSlot = (value: unknown): value is NumberSlot =>
  typeof value === "object" && value !== null && "slot" in value;
