/** Loops that count. */
import { type Int, type Loop, type Statement, type Value, variable } from "./code.ts";
import { i32 } from "./instructions.ts";

/** From where to where, and by how much: the last turn is the last that begins below `to`. */
export interface Count {
  readonly from: Int;
  readonly to: Int;
  readonly step: number;
}

/** What a turn does, and the values that it leaves to the next one. */
export interface Turn<C extends readonly Value[]> {
  readonly does?: readonly Statement[];
  readonly next: C;
}

/**
 * A turn for at = from, from + step, ... below `to`; none is negative, and the first turn is taken in any case. The first
 * has the values `initial`, each of the others what the one before it left; after the loop, `values` are the last's.
 */
export const fold = <const C extends readonly Value[]>(
  { from, to, step }: Count,
  initial: C,
  turn: (at: Int, values: C) => Turn<C>,
): { readonly loop: Loop; readonly values: C } => {
  const at = variable("i32");
  const after = i32.add(at, i32.constant(step));
  const values = initial.map(({ kind }) => variable(kind)) as unknown as C;
  const { does = [], next } = turn(at, values);
  const carried = values.map((value, n) => ({
    variable: value,
    initial: initial[n] as Value,
    next: next[n] as Value,
  }));
  return {
    values,
    loop: {
      carried: [{ variable: at, initial: from, next: after }, ...carried],
      body: does,
      again: i32.isBelow(after, to),
    },
  };
};

/** A turn for at = from, from + step, ... below `to`, the first in any case. */
export const loop = (count: Count, body: (at: Int) => readonly Statement[]): Loop =>
  fold(count, [], (at) => ({ does: body(at), next: [] })).loop;
