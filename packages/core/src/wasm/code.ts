/**
 * WebAssembly code as expressions of values. `encode.ts` turns them into a module's bytes when they are needed. So
 * these expressions are the only source: there is no compiler and no file of bytes.
 *
 * A value is computed once, where it is first needed, even if it is used many times. A value that is first needed
 * inside a loop is computed in each turn. Constant vectors are made at the start of the function.
 */

/** A whole number of 32 bits, or a vector of 128. */
export type Kind = "i32" | "v128";

/** An instruction with its operands, which gives a value. */
export interface Value<K extends Kind = Kind> {
  readonly kind: K;
  readonly operands: readonly Value[];
  /** The bytes of the instruction. null for a variable, which the function's caller or a loop sets. */
  readonly code: readonly number[] | null;
}

export type Int = Value<"i32">;
export type Vector = Value<"v128">;

/** An instruction that gives no value. */
export interface Action {
  readonly operands: readonly Value[];
  readonly code: readonly number[];
}

/**
 * Values that are computed here, one step of each by turns. A processor looks only a few dozen instructions ahead, so
 * this lets it find more work to do at the same time.
 */
export interface Together {
  readonly together: readonly Value[];
}

/** A variable that one turn of a loop passes to the next. */
export interface Carried {
  readonly variable: Value;
  readonly initial: Value;
  readonly next: Value;
}

/** Repeats until `again` is 0. The first turn always runs. */
export interface Loop {
  readonly carried: readonly Carried[];
  readonly body: readonly Statement[];
  readonly again: Int;
}

export type Statement = Action | Together | Loop;

/** A function that takes whole numbers and gives no result. */
export interface WasmFunction {
  readonly parameters: readonly Int[];
  readonly body: readonly Statement[];
}

export const variable = <K extends Kind>(kind: K): Value<K> => ({ kind, operands: [], code: null });

export const together = (values: readonly Value[]): Together => ({ together: values });

/** A function with one parameter for each name. */
export const wasmFunction = <N extends string>(
  names: readonly N[],
  body: (parameters: Readonly<Record<N, Int>>) => readonly Statement[],
): WasmFunction => {
  const entries = names.map((name) => [name, variable("i32")] as const);
  return {
    parameters: entries.map(([, parameter]) => parameter),
    body: body(Object.fromEntries(entries) as Record<N, Int>),
  };
};
