/** Zip and legacy files with wrong directories, sizes or checksums. */

import type { HostileFile } from "./hostile-file.ts";
import {
  bytesOf,
  call,
  dict,
  global,
  legacyFile,
  pickle,
  tensor,
  text,
  tuple,
  uint16,
  uint64,
  whole,
} from "./pickle-assembler.ts";
import { type BuiltEntry, type EndLies, torchEntries, zip64End, zipFile } from "./zip-builder.ts";

const FOUR = Float32Array.of(1, 2, 3, 4);

/** Each of them could be valid, but not all. */
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

const archives: readonly HostileFile[] = [
  {
    name: "ten tensors of 40 MB from 16 bytes",
    bytes: zipFile(torchEntries(crowd, { "0": FOUR })),
    message: /tensors of 400000000 bytes in a file of/,
  },
  zipped("with a path upwards", another("archive/../../etc/x"), /a name that leads out of its folder/),
  zipped("with an absolute path", another("/etc/x"), /a name that is not a plain path/),
  zipped("with a drive", another("C:/x"), /a name that is not a plain path/),
  zipped("with a backslash", another("archive\\..\\x"), /a name that is not a plain path/),
  zipped("with a zero in a name", another("archive/x\u0000y"), /a name that is not a plain path/),
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
    /zip64 sizes that are not whole numbers/,
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

export const hostileContainers: readonly HostileFile[] = [...archives, ...legacy];
