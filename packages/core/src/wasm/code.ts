/**
 * WebAssembly code as expressions of values. `encode.ts` makes a module's bytes of them when they are needed: so this
 * is all the source there is, and no compiler and no file of bytes stands between.
 *
 * A value is computed once, where it is first needed, however often it is used; one that is first needed inside a loop
 * is computed anew in each turn. Constant vectors are made at the start of the function.
 */

/** A whole number of 32 bits, or a vector of 128. */
export type Kind = "i32" | "v128";

/** What an instruction makes of its operands. */
export interface Value<K extends Kind = Kind> {
  readonly kind: K;
  readonly operands: readonly Value[];
  /** The bytes of the instruction; null of a variable, which a function's caller or a loop sets. */
  readonly code: readonly number[] | null;
}

export type Int = Value<"i32">;
export type Vector = Value<"v128">;

/** An instruction without a value. */
export interface Action {
  readonly operands: readonly Value[];
  readonly code: readonly number[];
}

/**
 * Values that are computed here, a step of each by turns. A processor looks only a few dozen instructions ahead: so it
 * finds more that it can do at the same time.
 */
export interface Together {
  readonly together: readonly Value[];
}

/** A variable that goes from turn to turn. */
export interface Carried {
  readonly variable: Value;
  readonly initial: Value;
  readonly next: Value;
}

/** Is done until `again` is 0, and once in any case. */
export interface Loop {
  readonly carried: readonly Carried[];
  readonly body: readonly Statement[];
  readonly again: Int;
}

export type Statement = Action | Together | Loop;

/** A function of whole numbers, without a result. */
export interface WasmFunction {
  readonly parameters: readonly Int[];
  readonly body: readonly Statement[];
}

export const variable = <K extends Kind>(kind: K): Value<K> => ({ kind, operands: [], code: null });

export const together = (values: readonly Value[]): Together => ({ together: values });

/** A function of as many numbers as there are names. */
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
