/**
 * Files that want to run something, to fill the memory, to hang the reader or to have it read wrong numbers.
 * Each is refused in one line that says what the pattern says.
 */
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
  uint16,
  uint32,
  uint64,
  whole,
} from "./pickle-assembler.ts";
import { type BuiltEntry, type EndLies, torchEntries, zip64End, zipFile } from "./zip-builder.ts";

export interface HostileFile {
  readonly name: string;
  readonly bytes: Code;
  readonly message: RegExp;
}

const FOUR = Float32Array.of(1, 2, 3, 4);

/** The pickle in each of the two formats that have one, with storages where it is of tensors. */
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

/** Lists of two of the list before, thirty deep: two to the thirtieth paths through 60 lists. */
const laughs = bytesOf(
  EMPTY_LIST,
  put(0),
  ...Array.from({ length: 30 }, (_, i) => bytesOf(EMPTY_LIST, put(i + 1), MARK, get(i), get(i), "e")),
);

const pickles: readonly HostileFile[] = [
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
    /nesting deeper than 100, or without an end/,
  ),
  ...both(
    "a dict that contains itself",
    pickle(EMPTY_DICT, put(0), text("x"), get(0), bytesOf("s")),
    /nesting deeper than 100, or without an end/,
  ),
  ...both("lists of lists by 2^30 paths", pickle(MARK, laughs, bytesOf("t")), /more than 200000 things/),
  ...both("two million dicts", pickle(repeated(EMPTY_DICT, MANY)), /more than 500000 instructions/),
  ...both("two million memos", pickle(NONE, repeated(bytesOf(0x94), MANY)), /more than 500000 instructions/),
  ...both("BINGET of nothing", pickle(get(7)), /a look at memo 7, where nothing is/),
  ...both("BINPUT of nothing", pickle(put(7)), /found nothing to remember/),
  ...both("LONG_BINGET of nothing", pickle(bytesOf("j", uint32(2 ** 31))), /a look at memo 2147483648/),
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
  ...both("a text longer than the file", pickle(bytesOf("X", uint32(2 ** 32 - 1), "abc")), /its end at byte/),
  ...both("a text of 2^63 bytes", pickle(bytesOf(0x8d, uint64(2n ** 63n), "abc")), /its end at byte/),
  ...both("a text that is none", pickle(bytesOf("X", uint32(1), 0xff)), /bytes at \d+ that are no text/),
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
  ...both("no end", bytesOf(0x80, 2, "N"), /instruction|its end|values|listed|too few/),
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
    ["of a size beyond whole numbers", { shape: [2n ** 62n] }, /a shape or strides that are none/],
    ["of a negative size", { shape: [-4] }, /a shape or strides that are none/],
    ["of a negative stride", { strides: [-1] }, /a shape or strides that are none/],
    ["of a negative offset", { offset: -1 }, /found the offset -1/],
    ["beyond its storage by its offset", { offset: 1 }, /ends at number 5 .*expected at most the 4 numbers/],
    ["beyond its storage by its stride", { shape: [2], strides: [4] }, /ends at number 5/],
    ["of fewer strides than sizes", { shape: [2, 2] }, /a shape or strides that are none/],
    ["of 65 dimensions", { shape: Array(65).fill(1), strides: Array(65).fill(1) }, /a shape or strides/],
    ["of a storage of -1 numbers", { count: -1 }, /found -1 .*expected how many/],
    ["of a storage that is not there", { key: "9" }, /no entry "archive\/data\/9"|storage "0" listed/],
    ["of a storage by a path", { key: "../data.pkl" }, /no entry|storage "0" listed/],
    ["of a storage of another size", { count: 3, shape: [3] }, /16 bytes in|4 numbers in storage/],
    ["of complex numbers", { type: "ComplexFloatStorage" }, /asks for torch\.ComplexFloatStorage/],
  ] as const
).flatMap(([name, parts, message]) =>
  both(`a tensor ${name}`, pickle(dict({ w: tensor(parts) })), message, { "0": FOUR }),
);

/** Each of them might be, but not all. */
const crowd = pickle(
  dict(
    Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`w${i}`, tensor({ shape: [10_000_000], strides: [0] })]),
    ),
  ),
);

const FINE = pickle(dict({ w: tensor() }));
const fine = torchEntries(FINE, { "0": FOUR });
const [PICKLE, ORDER, STORAGE] = fine as readonly [BuiltEntry, BuiltEntry, BuiltEntry];

const zipped = (
  name: string,
  entries: readonly BuiltEntry[],
  message: RegExp,
  end: EndLies = {},
): HostileFile => ({ name: `a zip ${name}`, bytes: zipFile(entries, end), message });

const storageWith = (lie: BuiltEntry["lie"], more: Partial<BuiltEntry> = {}): readonly BuiltEntry[] => [
  PICKLE,
  ORDER,
  { ...STORAGE, ...more, lie: lie ?? {} },
];

const another = (name: string): readonly BuiltEntry[] => [...fine, { name, content: bytesOf("x") }];

const zips: readonly HostileFile[] = [
  {
    name: "ten tensors of 40 MB from 16 bytes",
    bytes: zipFile(torchEntries(crowd, { "0": FOUR })),
    message: /tensors of 400000000 bytes in a file of/,
  },
  zipped("with a path upwards", another("archive/../../etc/x"), /a name that leads out of its folder/),
  zipped("with an absolute path", another("/etc/x"), /a name that is no plain path/),
  zipped("with a drive", another("C:/x"), /a name that is no plain path/),
  zipped("with a backslash", another("archive\\..\\x"), /a name that is no plain path/),
  zipped("with a zero in a name", another("archive/x\u0000y"), /a name that is no plain path/),
  zipped("with an empty name", another(""), /an empty or very long name/),
  zipped("with a name twice", another("archive/data/0"), /"archive\/data\/0" twice/),
  zipped("with two pickles", another("other/data.pkl"), /2 entries data\.pkl/),
  zipped("without a pickle", [ORDER], /0 entries data\.pkl/),
  zipped("of no entries", [], /begins with the bytes 50 4b 05 06/),
  zipped(
    "with a wrong checksum of the storage",
    storageWith({ crc: 1 }),
    /the checksum \w+ of "archive\/data\/0"/,
  ),
  zipped(
    "with a wrong checksum of the pickle",
    [{ ...PICKLE, lie: { crc: 1 } }, ORDER, STORAGE],
    /the checksum/,
  ),
  zipped(
    "of big-endian numbers",
    [PICKLE, { ...ORDER, content: bytesOf("big") }, STORAGE],
    /the byte order "big"/,
  ),
  zipped(
    "claiming 4 GB in 1 KB",
    storageWith({ size: 2 ** 32 - 2 }, { isDeflated: true, content: new Uint8Array(2 ** 20) }),
    /claims 4294967294 bytes in \d+ of the file/,
  ),
  zipped(
    "inflating to more than it claims",
    storageWith({ size: 16 }, { isDeflated: true, content: new Uint8Array(2 ** 26) }),
    /does not inflate/,
  ),
  zipped(
    "inflating to less than it claims",
    storageWith({ size: 16 }, { isDeflated: true, content: new Uint8Array(8) }),
    /does not inflate/,
  ),
  zipped("that does not inflate", storageWith({ method: 8 }, { local: { method: 8 } }), /does not inflate/),
  zipped(
    "with a pickle of 64 MB",
    [{ ...PICKLE, isDeflated: true, content: new Uint8Array(2 ** 26) }, ORDER, STORAGE],
    /a pickle of 67108864 bytes/,
  ),
  zipped(
    "whose stored entry claims another size",
    storageWith({ size: 2 ** 31 }),
    /claims 2147483648 bytes in 16/,
  ),
  zipped(
    "whose entry reaches beyond",
    storageWith({ size: 2 ** 31, stored: 2 ** 31 }),
    /overlaps what follows it/,
  ),
  zipped("whose entries are one", storageWith({ header: 0 }), /overlaps what follows it/),
  zipped("whose entry overlaps another's end", storageWith({ header: 60 }), /overlaps what follows it/),
  zipped(
    "with another name in the local header",
    storageWith({}, { local: { name: "archive/data/1" } }),
    /another header/,
  ),
  zipped(
    "with another method in the local header",
    storageWith({}, { local: { method: 8 } }),
    /another header/,
  ),
  zipped("with an encrypted entry", storageWith({ flags: 0x801 }), /the encrypted entry/),
  zipped("with a masked directory", storageWith({ flags: 0x2800 }), /the encrypted entry/),
  zipped("of another method", storageWith({ method: 14 }), /compressed by method 14/),
  zipped("with a comment", fine, /no directory at the end/, { comment: "PK\u0005\u0006" }),
  zipped(
    "that counts too many entries",
    fine,
    /found a directory with something else|entries in a directory/,
    { count: 4 },
  ),
  zipped("that counts 65535 entries", fine, /65535 entries in a directory of/, { count: 65535 }),
  zipped("that counts too few entries", fine, /2 entries and something after them/, { count: 2 }),
  zipped("whose directory is elsewhere", fine, /a directory at bytes 0 to/, { offset: 0 }),
  zipped("whose directory is beyond", fine, /a directory at bytes/, {
    offset: 2 ** 32 - 1,
    size: 2 ** 32 - 1,
  }),
  zipped(
    "without sizes of zip64",
    storageWith({ size: 2 ** 32 - 1, stored: 2 ** 32 - 1 }),
    /without its sizes of zip64/,
  ),
  zipped(
    "with sizes of zip64 beyond all numbers",
    storageWith({
      size: 2 ** 32 - 1,
      stored: 2 ** 32 - 1,
      extra: bytesOf(uint16(1), uint16(16), uint64(2n ** 64n - 1n), uint64(2n ** 64n - 1n)),
    }),
    /sizes of zip64 that are none/,
  ),
  zipped(
    "with sizes of zip64 beyond the file",
    storageWith({
      size: 2 ** 32 - 1,
      stored: 2 ** 32 - 1,
      extra: bytesOf(uint16(1), uint16(16), uint64(2 ** 40), uint64(2 ** 40)),
    }),
    /overlaps what follows it/,
  ),
  zipped("whose records of zip64 disagree", fine, /zip64 records that disagree/, {
    before: (truth) => zip64End({ ...truth, count: truth.count - 1 }, truth.offset + truth.size),
  }),
  zipped("whose records of zip64 are elsewhere", fine, /zip64 records that disagree/, {
    before: (truth) => zip64End(truth, 0),
  }),
  zipped("of 2^60 entries", fine, /zip64 records that disagree/, {
    before: (truth) => zip64End({ ...truth, count: 2 ** 60 }),
  }),
  { name: "a zip cut off", bytes: zipFile(fine).subarray(0, -30), message: /may be cut off/ },
  { name: "four bytes of a zip", bytes: bytesOf("PK\u0003\u0004"), message: /4 bytes|no directory/ },
];

const legacy: readonly HostileFile[] = [
  {
    name: "a pickle by itself",
    bytes: pickle(call("os", "system", text("true"))),
    message: /asks for os\.system/,
  },
  { name: "a pickle of data by itself", bytes: pickle(dict({ a: whole(1) })), message: /a pickle of a dict/ },
  {
    name: "a pickle of protocol 0",
    bytes: bytesOf("cos\nsystem\n(S'true'\ntR."),
    message: /begins with the bytes/,
  },
  {
    name: "a legacy file of big-endian numbers",
    bytes: legacyFile(FINE, { "0": FOUR }, { littleEndian: false }),
    message: /another byte order/,
  },
  {
    name: "a legacy file of another protocol",
    bytes: legacyFile(FINE, { "0": FOUR }, { protocol: 1002 }),
    message: /the protocol 1002/,
  },
  {
    name: "a legacy file cut off",
    bytes: legacyFile(FINE, { "0": FOUR }).subarray(0, -1),
    message: /cut off/,
  },
  {
    name: "a legacy file with more at its end",
    bytes: bytesOf(legacyFile(FINE, { "0": FOUR }), 0),
    message: /1 bytes after the last storage/,
  },
  { name: "a legacy file without its storage", bytes: legacyFile(FINE), message: /0 storages listed/ },
  {
    name: "a legacy file with a storage too many",
    bytes: legacyFile(FINE, { "0": FOUR, "1": FOUR }),
    message: /the storage "1" listed/,
  },
  {
    name: "a legacy file of a tensor that overlaps itself",
    bytes: legacyFile(pickle(dict({ w: tensor({ shape: [3, 2], strides: [1, 1] }) })), { "0": FOUR }),
    message: /strides \[1, 1\] .*expected strides that repeat nothing/,
  },
  {
    name: "a legacy file of a storage within another",
    bytes: legacyFile(
      pickle(
        tuple(
          text("storage"),
          global("torch", "FloatStorage"),
          text("0"),
          text("cpu"),
          whole(4),
          tuple(text("1"), whole(0), whole(4)),
        ),
        bytesOf("Q"),
      ),
      { "0": FOUR },
    ),
    message: /a storage within another/,
  },
];

const safetensors = (
  name: string,
  header: string,
  data: number,
  message: RegExp,
  length?: bigint,
): HostileFile => ({
  name: `safetensors ${name}`,
  bytes: bytesOf(uint64(length ?? Buffer.byteLength(header)), header, new Uint8Array(data)),
  message,
});

const withShape = (shape: string, offsets = "[0,4]"): string =>
  `{"w":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}}`;

const headers: readonly HostileFile[] = [
  safetensors("with a header of 2^63 bytes", "{}", 0, /a header length of 9223372036854775808/, 2n ** 63n),
  safetensors("with a header of 2^64 - 1 bytes", "{}", 0, /a header length of/, 2n ** 64n - 1n),
  safetensors("with a header of 90 MB", "{".padEnd(90_000_000), 0, /a header of 2 to 8388608 bytes/),
  safetensors(
    "of overlapping tensors",
    '{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}',
    12,
    /found 4, expected data beginning at byte 8/,
  ),
  safetensors(
    "of one tensor in another's place",
    '{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    4,
    /found 0, expected data beginning at byte 4/,
  ),
  safetensors("with a shape of NaN", withShape("[NaN]"), 4, /no JSON/),
  safetensors("with a shape of null", withShape("[null]"), 4, /found \[null\], expected a shape/),
  safetensors("with an infinite shape", withShape("[1e999]"), 4, /expected a shape/),
  safetensors("with a shape of -1", withShape("[-1]"), 4, /found \[-1\], expected a shape/),
  safetensors("with a shape of -0", withShape("[-0]", "[0,0]"), 0, /expected a shape/),
  safetensors("with a shape of 1.5", withShape("[1.5]"), 4, /found \[1\.5\], expected a shape/),
  safetensors("with a shape of texts", withShape('["1"]'), 4, /expected a shape/),
  safetensors("with a shape of 2^60", withShape("[1152921504606846976]"), 4, /expected a shape/),
  safetensors(
    "with a shape of 2^80",
    withShape("[1099511627776,1099511627776]"),
    4,
    /found 4 bytes, expected/,
  ),
  safetensors("with 65 dimensions", withShape(JSON.stringify(Array(65).fill(1))), 4, /expected a shape/),
  safetensors(
    "with a shape 100 000 deep",
    withShape("[".repeat(DEEP) + "]".repeat(DEEP)),
    4,
    /expected a shape|no JSON/,
  ),
  safetensors("with offsets of -4", withShape("[1]", "[-4,0]"), 4, /data_offsets of two whole numbers/),
  safetensors("with offsets of NaN", withShape("[1]", "[0,NaN]"), 4, /no JSON/),
  safetensors(
    "with offsets beyond the file",
    withShape("[1099511627776]", "[0,4398046511104]"),
    4,
    /cut off/,
  ),
  safetensors(
    "with a name twice",
    '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    4,
    /the key "w" twice/,
  ),
  safetensors(
    "with a name twice by another spelling",
    '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0077":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    4,
    /the key "w" twice/,
  ),
  safetensors(
    "with a type twice",
    '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"dtype":"I32"}}',
    4,
    /the key "dtype" twice/,
  ),
  safetensors(
    "of two million lists",
    `{"w":[${"[],".repeat(2_000_000)}[]]}`,
    0,
    /expected an object with dtype/,
  ),
];

const others: readonly HostileFile[] = [
  { name: "an empty file", bytes: new Uint8Array(0), message: /found 0 bytes/ },
  {
    name: "a picture",
    bytes: bytesOf(0xff, 0xd8, 0xff, 0xe0, new Uint8Array(100)),
    message: /bytes ff d8 ff e0/,
  },
  { name: "zeros", bytes: new Uint8Array(1000), message: /bytes 00 00 00 00/ },
];

export const hostileFiles: readonly HostileFile[] = [
  ...pickles,
  ...tensors,
  ...zips,
  ...legacy,
  ...headers,
  ...others,
];
