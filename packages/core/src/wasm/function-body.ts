/** Turns a function's code into bytes. WebAssembly Core Specification 2.0, sections 5.4 and 5.5.13. */
import { type Carried, type Kind, type Statement, type Value, variable, type WasmFunction } from "./code.ts";
import { unsigned } from "./leb128.ts";

export const KINDS: Readonly<Record<Kind, number>> = { i32: 0x7f, v128: 0x7b };

/** The number of steps of one value that are taken before the next value's turn, where values are computed together. */
const STRIDE = 4;

const DROP = 0x1a;
const GET = 0x20;
const SET = 0x21;
/** The instruction that sets a local variable and leaves the value on the stack. */
const TEE = 0x22;
const LOOP = [0x03, 0x40];
const IF_SO_AGAIN = [0x0d, 0x00];
const END = 0x0b;

/** How often each value is used. The operands of a value are counted once, even if the value is used more often. */
const countUses = (body: readonly Statement[]): ReadonlyMap<Value, number> => {
  const uses = new Map<Value, number>();
  const count = (value: Value): void => {
    const before = uses.get(value) ?? 0;
    uses.set(value, before + 1);
    if (before === 0) value.operands.forEach(count);
  };
  const visit = (statement: Statement): void => {
    if ("carried" in statement) {
      for (const { initial, next } of statement.carried) [initial, next].forEach(count);
      statement.body.forEach(visit);
      count(statement.again);
    } else ("together" in statement ? statement.together : statement.operands).forEach(count);
  };
  body.forEach(visit);
  return uses;
};

const isConstantVector = ({ kind, operands, code }: Value): boolean =>
  kind === "v128" && operands.length === 0 && code !== null;

const runsOfKinds = (
  values: readonly Value[],
): readonly { readonly kind: Kind; readonly length: number }[] => {
  const starts = values.flatMap(({ kind }, n) => (values[n - 1]?.kind === kind ? [] : [{ kind, start: n }]));
  return starts.map(({ kind, start }, n) => ({
    kind,
    length: (starts[n + 1]?.start ?? values.length) - start,
  }));
};

/** The kinds of the local variables, and the code. */
export const functionBody = ({ parameters, body }: WasmFunction): readonly number[] => {
  const uses = countUses(body);
  /** The local variables, and for each kept value the number of its variable. */
  const locals: Value[] = [...parameters];
  const places = new Map<Value, number>(parameters.map((parameter, index) => [parameter, index]));
  const code: number[] = [];

  /** Stores the value that was computed last in its local variable. */
  const keep = (value: Value, instruction: typeof SET | typeof TEE): void => {
    const place = places.get(value) ?? locals.push(value) - 1;
    places.set(value, place);
    code.push(instruction, ...unsigned(place));
  };

  const emit = (value: Value): void => {
    const place = places.get(value);
    if (place !== undefined) code.push(GET, ...unsigned(place));
    else {
      value.operands.forEach(emit);
      code.push(...(value.code ?? []));
      if ((uses.get(value) ?? 0) > 1) keep(value, TEE);
    }
  };

  /** Emits first what can be done first, in strides. A value that is used once belongs to the stride of its user. */
  const emitTogether = (values: readonly Value[]): void => {
    const depths = new Map<Value, number>();
    const depthOf = (value: Value): number => {
      if (places.has(value) || value.operands.length === 0) return 0;
      const depth = depths.get(value) ?? 1 + Math.max(...value.operands.map(depthOf));
      depths.set(value, depth);
      return depth;
    };
    values.forEach(depthOf);
    const strides = new Map<Value, number>();
    for (const [value] of [...depths].sort(([, a], [, b]) => a - b)) {
      const isUsedOnce = uses.get(value) === 1;
      const stride = 1 + Math.max(...value.operands.map((operand) => strides.get(operand) ?? 0));
      if (isUsedOnce && stride < STRIDE) strides.set(value, stride);
      else {
        emit(value);
        if (isUsedOnce) keep(value, SET);
        else code.push(DROP);
      }
    }
  };

  const emitLoop = (carried: readonly Carried[], turn: readonly Statement[], again: Value): void => {
    for (const { variable: one, initial } of carried) {
      emit(initial);
      keep(one, SET);
    }
    code.push(...LOOP);
    turn.forEach(perform);
    emitTogether(carried.map(({ next }) => next));
    // All are computed before the first is set, since each may read the others.
    for (const { next } of carried) emit(next);
    const isAgain = variable("i32");
    emit(again);
    keep(isAgain, SET);
    for (const { variable: one } of [...carried].reverse()) keep(one, SET);
    emit(isAgain);
    code.push(...IF_SO_AGAIN, END);
  };

  const perform = (statement: Statement): void => {
    if ("carried" in statement) emitLoop(statement.carried, statement.body, statement.again);
    else if ("together" in statement) emitTogether(statement.together);
    else {
      statement.operands.forEach(emit);
      code.push(...statement.code);
    }
  };

  const constants = new Map<string, Value>();
  for (const value of uses.keys())
    if (isConstantVector(value)) {
      const same = constants.get(String(value.code));
      if (same !== undefined) places.set(value, places.get(same) as number);
      else {
        constants.set(String(value.code), value);
        code.push(...(value.code ?? []));
        keep(value, SET);
      }
    }
  body.forEach(perform);
  const runs = runsOfKinds(locals.slice(parameters.length));
  return [
    ...unsigned(runs.length),
    ...runs.flatMap(({ kind, length }) => [...unsigned(length), KINDS[kind]]),
    ...code,
    END,
  ];
};
