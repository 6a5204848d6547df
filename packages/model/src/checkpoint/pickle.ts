/**
 * Reads a pickle without running any of its code. A pickle is a program for a small stack machine. This machine knows
 * only the instructions that build plain data, and takes every name that the program asks for from a closed list.
 */
import * as E from "fp-ts/lib/Either.js";
import { type Checked, type Complaint, invalid, refused } from "./complaint.ts";
import { OPCODES, type OpcodeName, refusedOpcode } from "./opcodes.ts";
import { type Argument, cursorAt, readArgument } from "./pickle-arguments.ts";
import { described, isKind, type PickleGlobal, type PickleValue, setItem } from "./pickle-values.ts";

/** What the program may ask for from outside the pickle. */
export interface PickleRules {
  /** The object of that name, or null if the closed list lacks it. */
  readonly global: (module: string, name: string) => PickleGlobal | null;
  /** An object outside the pickle, such as a storage. */
  readonly persistent: (identity: PickleValue) => Checked<PickleValue>;
}

export interface Unpickled {
  readonly value: PickleValue;
  /** The place of the byte after the pickle. */
  readonly end: number;
}

/** More instructions are treated as an attack: about 12 000 tensors need this many. */
const MOST_OPERATIONS = 500_000;

interface Machine {
  readonly stack: PickleValue[];
  /** The stack's height at each MARK. */
  readonly marks: number[];
  readonly memo: Map<number, PickleValue>;
  readonly rules: PickleRules;
}

/** Takes the values above the last mark, and the mark. */
const popMark = ({ stack, marks }: Machine): Checked<PickleValue[]> => {
  const mark = marks.pop();
  return mark === undefined ? invalid("no MARK", "a MARK before it") : E.right(stack.splice(mark));
};

/** Takes that many values, which must be above the last mark. */
const pop = ({ stack, marks }: Machine, count: number): Checked<PickleValue[]> =>
  stack.length - (marks.at(-1) ?? 0) < count
    ? invalid("too few values before it", `${count} values`)
    : E.right(stack.splice(stack.length - count));

/** The uppermost value, which stays on the stack. */
const top = ({ stack, marks }: Machine): PickleValue | undefined =>
  stack.length > (marks.at(-1) ?? 0) ? stack.at(-1) : undefined;

const push = (machine: Machine, value: PickleValue): Checked<void> => {
  machine.stack.push(value);
  return E.right(undefined);
};

const pushChecked = (machine: Machine, value: Checked<PickleValue>): Checked<void> =>
  E.isLeft(value) ? value : push(machine, value.right);

const append = (machine: Machine, items: Checked<PickleValue[]>): Checked<void> => {
  if (E.isLeft(items)) return items;
  const list = top(machine);
  if (!isKind(list, "list")) return invalid(described(list), "a list to append to");
  for (const item of items.right) list.items.push(item);
  return E.right(undefined);
};

const setItems = (machine: Machine, items: Checked<PickleValue[]>): Checked<void> => {
  if (E.isLeft(items)) return items;
  const dict = top(machine);
  if (!isKind(dict, "dict")) return invalid(described(dict), "a dict to set items of");
  if (items.right.length % 2 !== 0) return invalid("a key without a value", "pairs of keys and values");
  for (let i = 0; i < items.right.length; i += 2) {
    const set = setItem(dict, items.right[i], items.right[i + 1] ?? null);
    if (E.isLeft(set)) return set;
  }
  return E.right(undefined);
};

const tuple = (machine: Machine, items: Checked<readonly PickleValue[]>): Checked<void> =>
  E.isLeft(items) ? items : push(machine, { kind: "tuple", items: items.right });

const put = (machine: Machine, index: number): Checked<void> => {
  const value = top(machine);
  if (value === undefined) return invalid("nothing to remember", "a value before it");
  machine.memo.set(index, value);
  return E.right(undefined);
};

const get = (machine: Machine, index: number): Checked<void> => {
  const value = machine.memo.get(index);
  return value === undefined
    ? invalid(`a read of memo ${index}, which is empty`, "a value remembered before")
    : push(machine, value);
};

const global = (machine: Machine, module: PickleValue, name: PickleValue): Checked<void> => {
  if (typeof module !== "string" || typeof name !== "string")
    return invalid(`${described(module)} and ${described(name)}`, "the texts of a global's name");
  const known = machine.rules.global(module, name);
  return known === null ? refused(`${module}.${name}`) : push(machine, known);
};

const reduce = (machine: Machine): Checked<void> => {
  const operands = pop(machine, 2);
  if (E.isLeft(operands)) return operands;
  const [callee, values] = operands.right;
  if (!isKind(callee, "global")) return invalid(`a call of ${described(callee)}`, "a call of a known name");
  if (callee.call === null || !isKind(values, "tuple")) return refused(`a call of ${callee.name}`);
  return pushChecked(machine, callee.call(values.items));
};

/** PyTorch gives its state dicts an attribute `_metadata`, which has nothing to do with tensors. */
const build = (machine: Machine): Checked<void> => {
  const state = pop(machine, 1);
  if (E.isLeft(state)) return state;
  const object = top(machine);
  return isKind(object, "dict") && isKind(state.right[0], "dict")
    ? E.right(undefined)
    : refused(`the instruction BUILD on ${described(object)}`);
};

const popped = (machine: Machine, use: (value: PickleValue) => Checked<PickleValue>): Checked<void> => {
  const operands = pop(machine, 1);
  return E.isLeft(operands) ? operands : pushChecked(machine, use(operands.right[0] ?? null));
};

const stackGlobal = (machine: Machine): Checked<void> => {
  const operands = pop(machine, 2);
  return E.isLeft(operands)
    ? operands
    : global(machine, operands.right[0] ?? null, operands.right[1] ?? null);
};

/** Runs one instruction. STOP, which ends the program, is handled elsewhere. */
const perform = (machine: Machine, name: Exclude<OpcodeName, "STOP">, argument: Argument): Checked<void> => {
  switch (name) {
    case "PROTO":
      return Number(argument) <= 5
        ? E.right(undefined)
        : invalid(`protocol ${argument}`, "a pickle of protocol 2 to 5");
    case "FRAME":
      return E.right(undefined);
    case "MARK":
      machine.marks.push(machine.stack.length);
      return E.right(undefined);
    case "NONE":
      return push(machine, null);
    case "NEWTRUE":
      return push(machine, true);
    case "NEWFALSE":
      return push(machine, false);
    case "BININT":
    case "BININT1":
    case "BININT2":
    case "LONG1":
    case "BINFLOAT":
    case "SHORT_BINSTRING":
    case "BINSTRING":
    case "BINUNICODE":
    case "SHORT_BINUNICODE":
    case "BINUNICODE8":
      return push(machine, argument as number | bigint | string);
    case "EMPTY_TUPLE":
      return tuple(machine, E.right([]));
    case "TUPLE1":
      return tuple(machine, pop(machine, 1));
    case "TUPLE2":
      return tuple(machine, pop(machine, 2));
    case "TUPLE3":
      return tuple(machine, pop(machine, 3));
    case "TUPLE":
      return tuple(machine, popMark(machine));
    case "EMPTY_LIST":
      return push(machine, { kind: "list", items: [] });
    case "APPEND":
      return append(machine, pop(machine, 1));
    case "APPENDS":
      return append(machine, popMark(machine));
    case "EMPTY_DICT":
      return push(machine, { kind: "dict", entries: new Map() });
    case "SETITEM":
      return setItems(machine, pop(machine, 2));
    case "SETITEMS":
      return setItems(machine, popMark(machine));
    case "BINPUT":
    case "LONG_BINPUT":
      return put(machine, Number(argument));
    case "MEMOIZE":
      return put(machine, machine.memo.size);
    case "BINGET":
    case "LONG_BINGET":
      return get(machine, Number(argument));
    case "GLOBAL": {
      const [module, global_] = argument as readonly [string, string];
      return global(machine, module, global_);
    }
    case "STACK_GLOBAL":
      return stackGlobal(machine);
    case "BINPERSID":
      return popped(machine, machine.rules.persistent);
    case "REDUCE":
      return reduce(machine);
    case "BUILD":
      return build(machine);
  }
};

const within = (name: string, place: number, complaint: Complaint): E.Either<Complaint, never> =>
  complaint.kind === "refused"
    ? E.left(complaint)
    : invalid(`${complaint.found} (${name} at byte ${place} of the pickle)`, complaint.expected);

const result = ({ stack, marks }: Machine, end: number): Checked<Unpickled> => {
  const [value] = stack;
  return value === undefined || stack.length > 1 || marks.length > 0
    ? invalid(`${stack.length} values at its end`, "a pickle of one value")
    : E.right({ value, end });
};

/** Reads the value of the pickle that begins at that place. */
export const unpickle = (bytes: Uint8Array, from: number, rules: PickleRules): Checked<Unpickled> => {
  const machine: Machine = { stack: [], marks: [], memo: new Map(), rules };
  const cursor = cursorAt(bytes, from);
  for (let count = 0; count < MOST_OPERATIONS; count++) {
    const place = cursor.place;
    const byte = bytes[cursor.place++];
    if (byte === undefined) return invalid(`the end at byte ${place}`, "a pickle that ends with STOP");
    const opcode = OPCODES.get(byte);
    if (opcode === undefined) return refused(refusedOpcode(byte));
    if (opcode.name === "STOP") return result(machine, cursor.place);
    const argument = readArgument(cursor, opcode.argument);
    if (E.isLeft(argument)) return within(opcode.name, place, argument.left);
    const done = perform(machine, opcode.name, argument.right);
    if (E.isLeft(done)) return within(opcode.name, place, done.left);
  }
  return invalid(`more than ${MOST_OPERATIONS} instructions`, "a pickle of fewer");
};
