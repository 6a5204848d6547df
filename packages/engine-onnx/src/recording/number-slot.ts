/** A number of the program in a place of its own: the n-th of a computation's `numbers`. */
export interface NumberSlot {
  readonly slot: number;
}

export const isSlot = (value: unknown): value is NumberSlot =>
  typeof value === "object" && value !== null && "slot" in value;
