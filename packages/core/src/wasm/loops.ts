/** Loops that count. */
import { type Int, type Loop, type Statement, type Vector, variable } from "./code.ts";
import { i32 } from "./instructions.ts";

/** From where to where, and by how much: the last turn is the last that begins below `to`. */
export interface Count {
  readonly from: Int;
  readonly to: Int;
  readonly step: number;
}

/** Does `body` for at = from, from + step, ... below `to`; none is negative, and the first turn is taken in any case. */
export const loop = ({ from, to, step }: Count, body: (at: Int) => readonly Statement[]): Loop => {
  const at = variable("i32");
  const next = i32.add(at, i32.constant(step));
  return {
    carried: [{ variable: at, initial: from, next }],
    body: body(at),
    again: i32.isBelow(next, to),
  };
};

/** `step` done so many times to the vectors `initial`; what they are at the end are the values, after the loop. */
export const repeated = (
  times: number,
  initial: readonly Vector[],
  step: (vectors: readonly Vector[]) => readonly Vector[],
): { readonly loop: Loop; readonly values: readonly Vector[] } => {
  const left = variable("i32");
  const less = i32.add(left, i32.constant(-1));
  const values = initial.map(() => variable("v128"));
  const next = step(values);
  return {
    values,
    loop: {
      carried: [
        { variable: left, initial: i32.constant(times), next: less },
        ...values.map((value, n) => ({
          variable: value,
          initial: initial[n] as Vector,
          next: next[n] as Vector,
        })),
      ],
      body: [],
      again: less,
    },
  };
};
