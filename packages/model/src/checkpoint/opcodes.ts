/**
 * The pickle instructions that are allowed here: those that Python's pickler writes for plain data in protocols 2 to 5.
 * Every other instruction is refused by its name.
 */

/** How an instruction's argument is written in the bytes after it. */
export type ArgumentKind =
  | "none"
  | "unsigned-1"
  | "unsigned-2"
  | "signed-4"
  | "unsigned-4"
  | "unsigned-8"
  | "double"
  | "integer-1"
  | "text-1"
  | "text-4"
  | "text-8"
  | "two-lines";

interface Opcode {
  readonly name: OpcodeName;
  readonly argument: ArgumentKind;
}

export type OpcodeName = (typeof ACCEPTED)[number][1];

const ACCEPTED = [
  [0x80, "PROTO", "unsigned-1"],
  [0x95, "FRAME", "unsigned-8"],
  [0x2e, "STOP", "none"],
  [0x28, "MARK", "none"],
  [0x4e, "NONE", "none"],
  [0x88, "NEWTRUE", "none"],
  [0x89, "NEWFALSE", "none"],
  [0x4a, "BININT", "signed-4"],
  [0x4b, "BININT1", "unsigned-1"],
  [0x4d, "BININT2", "unsigned-2"],
  [0x8a, "LONG1", "integer-1"],
  [0x47, "BINFLOAT", "double"],
  [0x55, "SHORT_BINSTRING", "text-1"],
  [0x54, "BINSTRING", "text-4"],
  [0x58, "BINUNICODE", "text-4"],
  [0x8c, "SHORT_BINUNICODE", "text-1"],
  [0x8d, "BINUNICODE8", "text-8"],
  [0x29, "EMPTY_TUPLE", "none"],
  [0x85, "TUPLE1", "none"],
  [0x86, "TUPLE2", "none"],
  [0x87, "TUPLE3", "none"],
  [0x74, "TUPLE", "none"],
  [0x5d, "EMPTY_LIST", "none"],
  [0x61, "APPEND", "none"],
  [0x65, "APPENDS", "none"],
  [0x7d, "EMPTY_DICT", "none"],
  [0x73, "SETITEM", "none"],
  [0x75, "SETITEMS", "none"],
  [0x71, "BINPUT", "unsigned-1"],
  [0x72, "LONG_BINPUT", "unsigned-4"],
  [0x94, "MEMOIZE", "none"],
  [0x68, "BINGET", "unsigned-1"],
  [0x6a, "LONG_BINGET", "unsigned-4"],
  [0x63, "GLOBAL", "two-lines"],
  [0x93, "STACK_GLOBAL", "none"],
  [0x51, "BINPERSID", "none"],
  [0x52, "REDUCE", "none"],
  [0x62, "BUILD", "none"],
] as const satisfies readonly (readonly [number, string, ArgumentKind])[];

/** By their byte. */
export const OPCODES: ReadonlyMap<number, Opcode> = new Map(
  ACCEPTED.map(([byte, name, argument]) => [byte, { name, argument }]),
);

/** Python's other instructions, for the message that refuses them. */
const REFUSED: Readonly<Record<number, string>> = {
  48: "POP",
  49: "POP_MARK",
  50: "DUP",
  66: "BINBYTES",
  67: "SHORT_BINBYTES",
  70: "FLOAT",
  73: "INT",
  76: "LONG",
  80: "PERSID",
  83: "STRING",
  86: "UNICODE",
  100: "DICT",
  103: "GET",
  105: "INST",
  108: "LIST",
  111: "OBJ",
  112: "PUT",
  129: "NEWOBJ",
  130: "EXT1",
  131: "EXT2",
  132: "EXT4",
  139: "LONG4",
  142: "BINBYTES8",
  143: "EMPTY_SET",
  144: "ADDITEMS",
  145: "FROZENSET",
  146: "NEWOBJ_EX",
  150: "BYTEARRAY8",
  151: "NEXT_BUFFER",
  152: "READONLY_BUFFER",
};

/** Such as `the instruction INST`. */
export const refusedOpcode = (byte: number): string =>
  `the instruction ${REFUSED[byte] ?? `0x${byte.toString(16).padStart(2, "0")}`}`;
