/** Pickles that try to run code, to fill the memory or to hang the reader, and tensors with false sizes. */

import type { HostileFile } from "./hostile-file.ts";
import {
  bytesOf,
  type Code,
  call,
  dict,
  EMPTY_DICT,
  EMPTY_LIST,
  get,
  global,
  legacyFile,
  MARK,
  NONE,
  pickle,
  put,
  REDUCE,
  tensor,
  text,
  tuple,
  uint32,
  uint64,
  whole,
} from "./pickle-assembler.ts";
import { torchEntries, zipFile } from "./zip-builder.ts";

const FOUR = Float32Array.of(1, 2, 3, 4);

/** The pickle in each of the two formats that contain one, with storages if it has tensors. */
const both = (
  name: string,
  saved: Code,
  message: RegExp,
  storages: Readonly<Record<string, Float32Array>> = {},
): readonly HostileFile[] => [
  { name: `${name}, in zip`, bytes: zipFile(torchEntries(saved, storages)), message },
  { name: `${name}, in the legacy format`, bytes: legacyFile(saved, storages), message },
];

const repeated = (part: Code, times: number): Code => {
  const bytes = new Uint8Array(part.length * times);
  for (let i = 0; i < times; i++) bytes.set(part, i * part.length);
  return bytes;
};

const DEEP = 100_000;
const MANY = 2_000_000;

/** Each list has the list before it twice, thirty deep: 2^30 paths through 60 lists. */
const laughs = bytesOf(
  EMPTY_LIST,
  put(0),
  ...Array.from({ length: 30 }, (_, i) => bytesOf(EMPTY_LIST, put(i + 1), MARK, get(i), get(i), "e")),
);

const instructions: readonly HostileFile[] = [
  ...both("os.system", pickle(call("os", "system", text("true"))), /asks for os\.system, /),
  ...both("posix.system by its stack", pickle(text("posix"), text("system"), bytesOf(0x93)), /posix\.system/),
  ...both("builtins.eval", pickle(call("builtins", "eval", text("1"))), /asks for builtins\.eval, /),
  ...both("builtins.getattr", pickle(global("builtins", "getattr")), /builtins\.getattr/),
  ...both("__builtin__.exec", pickle(global("__builtin__", "exec")), /__builtin__\.exec/),
  ...both(
    "numpy's scalar",
    pickle(global("numpy.core.multiarray", "scalar")),
    /numpy\.core\.multiarray\.scalar/,
  ),
  ...both(
    "numpy's _reconstruct",
    pickle(global("numpy.core.multiarray", "_reconstruct")),
    /multiarray\._reconstruct/,
  ),
  ...both("numpy's load", pickle(global("numpy", "load")), /numpy\.load/),
  ...both("another function of torch's", pickle(global("torch", "load")), /asks for torch\.load/),
  ...both("a name of the prototype", pickle(global("", "constructor")), /asks for \.constructor/),
  ...both(
    "a name with line ends",
    pickle(text("o\ns"), text("x\r\u0007"), bytesOf(0x93)),
    /asks for o\?s\.x\?\?/,
  ),
  ...both(
    "a dict's method",
    pickle(EMPTY_DICT, tuple(text("x")), REDUCE),
    /found a call of a dict .*expected a call of a known name/,
  ),
  ...both(
    "a storage called",
    pickle(global("torch", "FloatStorage"), tuple(whole(4)), REDUCE),
    /asks for a call of torch\.FloatStorage/,
  ),
  ...both(
    "an object built",
    pickle(NONE, EMPTY_DICT, bytesOf("b")),
    /asks for the instruction BUILD on None/,
  ),
  ...both("INST", pickle(bytesOf("(ios\nsystem\n")), /the instruction INST/),
  ...both("OBJ", pickle(MARK, bytesOf("o")), /the instruction OBJ/),
  ...both("NEWOBJ", pickle(NONE, NONE, bytesOf(0x81)), /the instruction NEWOBJ/),
  ...both("EXT1", pickle(bytesOf(0x82, 1)), /the instruction EXT1/),
  ...both("a byte that is no instruction", pickle(bytesOf(0xff)), /the instruction 0xff/),
  ...both("a reference that is no storage", pickle(text("x"), bytesOf("Q")), /a reference to nothing/),
  ...both(
    "lists 100 000 deep",
    pickle(repeated(EMPTY_LIST, DEEP), repeated(bytesOf("a"), DEEP - 1)),
    /nesting deeper than 100/,
  ),
  ...both("tuples 100 000 deep", pickle(NONE, repeated(bytesOf(0x85), DEEP)), /nesting deeper than 100/),
  ...both("100 000 marks", pickle(repeated(MARK, DEEP)), /0 values at its end/),
  ...both(
    "a list that contains itself",
    pickle(EMPTY_LIST, put(0), get(0), bytesOf("a")),
    /nesting deeper than 100, or endless/,
  ),
  ...both(
    "a dict that contains itself",
    pickle(EMPTY_DICT, put(0), text("x"), get(0), bytesOf("s")),
    /nesting deeper than 100, or endless/,
  ),
  ...both("lists of lists by 2^30 paths", pickle(MARK, laughs, bytesOf("t")), /more than 200000 members/),
  ...both("two million dicts", pickle(repeated(EMPTY_DICT, MANY)), /more than 500000 instructions/),
  ...both("two million memos", pickle(NONE, repeated(bytesOf(0x94), MANY)), /more than 500000 instructions/),
  ...both("BINGET of nothing", pickle(get(7)), /a read of memo 7, which is empty/),
  ...both("BINPUT of nothing", pickle(put(7)), /found nothing to remember/),
  ...both("LONG_BINGET of nothing", pickle(bytesOf("j", uint32(2 ** 31))), /a read of memo 2147483648/),
  ...both("values taken from below a mark", pickle(NONE, MARK, bytesOf(0x85)), /too few values before it/),
  ...both("a tuple without a mark", pickle(NONE, bytesOf("t")), /found no MARK/),
  ...both("a key without a value", pickle(EMPTY_DICT, MARK, NONE, bytesOf("u")), /a key without a value/),
  ...both(
    "a key twice",
    pickle(EMPTY_DICT, MARK, text("a"), NONE, text("a"), NONE, bytesOf("u")),
    /the key "a" twice/,
  ),
  ...both(
    "a dict as a key",
    pickle(EMPTY_DICT, EMPTY_DICT, NONE, bytesOf("s")),
    /a dict with a dict as a key/,
  ),
  ...both("two values", pickle(NONE, NONE), /2 values at its end/),
  ...both("no tensor", pickle(dict({ a: whole(1) })), /no tensor in it/),
  ...both("a text longer than the file", pickle(bytesOf("X", uint32(2 ** 32 - 1), "abc")), /the end at byte/),
  ...both("a text of 2^63 bytes", pickle(bytesOf(0x8d, uint64(2n ** 63n), "abc")), /the end at byte/),
  ...both(
    "a text that is not UTF-8",
    pickle(bytesOf("X", uint32(1), 0xff)),
    /bytes at \d+ that are not text/,
  ),
  ...both("a name without an end", pickle(bytesOf("c", "x".repeat(1000))), /a name without an end/),
  ...both("protocol 9", bytesOf(0x80, 9, "N."), /found protocol 9/),
  ...both(
    "a text that commands the terminal",
    pickle(text("\u001b[2J\u009b2J\u007f\u202e\u2028"), bytesOf("Qb")),
    /reference to nothing/,
  ),
  ...both(
    "a key that commands the terminal",
    pickle(
      EMPTY_DICT,
      MARK,
      ...[1, 2].flatMap(() => [text("\u009b2J\u007f\u202e\u2028"), NONE]),
      bytesOf("u"),
    ),
    /the key "\\u\{009b\}2J\\u\{007f\}\\u\{202e\}\\u\{2028\}" twice/,
  ),
  ...both("no end", bytesOf(0x80, 2, "N"), /instruction|the end|values|listed|too few/),
];

const tensors: readonly HostileFile[] = (
  [
    [
      "of 10 TB",
      { count: 2_500_000_000_000, shape: [2_500_000_000_000] },
      /10000000000000 bytes|2500000000000 numbers/,
    ],
    [
      "of 10 TB by strides of 0",
      { shape: [2_500_000_000_000], strides: [0] },
      /a tensor of 2500000000000 numbers, repeated from 4|strides \[0\]/,
    ],
    [
      "of 80 MB by strides of 0",
      { shape: [2, 10_000_000], strides: [0, 0] },
      /a tensor of 20000000 numbers, repeated from 4|strides \[0, 0\]/,
    ],
    [
      "of more numbers than there are",
      { shape: [2 ** 40, 2 ** 40], strides: [0, 0] },
      /one that fits into memory/,
    ],
    ["of a size beyond whole numbers", { shape: [2n ** 62n] }, /a wrong shape or strides/],
    ["of a negative size", { shape: [-4] }, /a wrong shape or strides/],
    ["of a negative stride", { strides: [-1] }, /a wrong shape or strides/],
    ["of a negative offset", { offset: -1 }, /found the offset -1/],
    ["beyond its storage by its offset", { offset: 1 }, /ends at number 5 .*expected at most the 4 numbers/],
    ["beyond its storage by its stride", { shape: [2], strides: [4] }, /ends at number 5/],
    ["of fewer strides than sizes", { shape: [2, 2] }, /a wrong shape or strides/],
    [
      "of 65 dimensions",
      { shape: Array(65).fill(1), strides: Array(65).fill(1) },
      /a wrong shape or strides/,
    ],
    ["of a storage of -1 numbers", { count: -1 }, /found -1 .*expected how many/],
    ["of a storage that is not there", { key: "9" }, /no entry "archive\/data\/9"|storage "0" listed/],
    ["of a storage by a path", { key: "../data.pkl" }, /no entry|storage "0" listed/],
    ["of a storage of another size", { count: 3, shape: [3] }, /16 bytes in|4 numbers in storage/],
    ["of complex numbers", { type: "ComplexFloatStorage" }, /asks for torch\.ComplexFloatStorage/],
  ] as const
).flatMap(([name, parts, message]) =>
  both(`a tensor ${name}`, pickle(dict({ w: tensor(parts) })), message, { "0": FOUR }),
);

export const hostilePickles: readonly HostileFile[] = [...instructions, ...tensors];
