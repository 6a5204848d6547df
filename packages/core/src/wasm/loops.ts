/** Loops that count. */
import { type Int, type Loop, type Statement, type Value, variable } from "./code.ts";
import { i32 } from "./instructions.ts";

/** The start, the end and the step of a loop. The last turn is the last one that begins below `to`. */
export interface Count {
  readonly from: Int;
  readonly to: Int;
  readonly step: number;
}

/** What a turn does, and the values that it passes to the next turn. */
export interface Turn<C extends readonly Value[]> {
  readonly does?: readonly Statement[];
  readonly next: C;
}

/**
 * Takes a turn for at = from, from + step, ... below `to`. No number is negative, and the first turn always runs. The
 * first turn gets the values `initial`, and each other turn gets the values of the turn before it. After the loop,
 * `values` are those of the last turn.
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

/** Takes a turn for at = from, from + step, ... below `to`. The first turn always runs. */
export const loop = (count: Count, body: (at: Int) => readonly Statement[]): Loop =>
  fold(count, [], (at) => ({ does: body(at), next: [] })).loop;
