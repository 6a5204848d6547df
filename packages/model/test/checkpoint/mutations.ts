/**
 * Seeded damage to a checkpoint's bytes, and the outcome of reading it. The file may be refused. It may be read as if
 * undamaged. If its numbers were changed and it has no checksum, it is read with those numbers. Any other outcome is
 * wrong.
 */
import { readFile, writeFile } from "node:fs/promises";
import { openCheckpoint, readWeights } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import { unpickle } from "../../src/checkpoint/pickle.ts";
import { torchRules } from "../../src/checkpoint/torch-objects.ts";
import type { HostWeights, ParameterSpec } from "../../src/index.ts";
import { readEverything } from "./read-everything.ts";

export type Outcome = "refused" | "identical" | "other numbers" | "wrong";

/** A fixture, with what is needed to tell whether a damaged copy of it was read correctly. */
export interface Subject {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The group whose weights are compared, and which of its tensors are. */
  readonly path: string;
  readonly specs: readonly ParameterSpec[];
  readonly others: ReadonlySet<string>;
  readonly weights: HostWeights;
  readonly hasChecksum: boolean;
  /** Bytes from the first up to the second are numbers of tensors, compared or not. */
  readonly numbers: readonly (readonly [number, number])[];
}

/** Places of numbers in a file without checksums. */
const numbersOf = (bytes: Uint8Array, format: string): Subject["numbers"] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === "safetensors") return [[8 + Number(view.getBigUint64(0, true)), bytes.length]];
  if (format !== "pytorch-legacy") return [];
  const rules = torchRules();
  let at = 0;
  let keys: readonly unknown[] = [];
  for (let i = 0; i < 5; i++) {
    const read = unpickle(bytes, at, rules);
    if (E.isLeft(read)) throw new Error("the fixture is damaged");
    at = read.right.end;
    if (typeof read.right.value === "object" && read.right.value?.kind === "list")
      keys = read.right.value.items;
  }
  const widths: Readonly<Record<string, number>> = { F64: 8, I64: 8, F32: 4, F16: 2, BF16: 2 };
  return keys.map((key) => {
    const storage = rules.storages.get(String(key));
    const begin = at + 8;
    at = begin + (storage?.count ?? 0) * (widths[storage?.dtype ?? ""] ?? 1);
    return [begin, at] as const;
  });
};

export const subjectOf = async (name: string, file: string, path: string): Promise<Subject> => {
  const bytes = new Uint8Array(await readFile(file));
  const opened = await openCheckpoint(file)();
  if (E.isLeft(opened)) throw new Error(opened.left.message);
  const { format, groups, close } = opened.right;
  const entries = [...(groups.find((group) => group.path === path)?.entries.values() ?? [])];
  await close();
  const isFloat = ({ dtype }: { readonly dtype: string }): boolean => /^B?F\d+$/.test(dtype);
  const specs = entries
    .filter(isFloat)
    .map(
      (entry): ParameterSpec => ({ name: entry.name, kind: "vector", shape: entry.shape, initial: "zeros" }),
    );
  const others = new Set(entries.filter((entry) => !isFloat(entry)).map((entry) => entry.name));
  const weights = await readWeights(file, specs, { path, ignore: (stray) => others.has(stray) })();
  if (E.isLeft(weights)) throw new Error(weights.left.message);
  return {
    name,
    bytes,
    path,
    specs,
    others,
    weights: weights.right,
    hasChecksum: format === "pytorch-zip",
    numbers: numbersOf(bytes, format),
  };
};

/** Whole numbers below a bound, and choices. They depend only on the seed. */
export interface Chance {
  readonly below: (bound: number) => number;
  readonly choose: <A>(choices: readonly [A, ...A[]]) => A;
}

/** Mulberry32: fast, and good enough to choose what to break. */
const chance = (seed: number): Chance => {
  let state = seed >>> 0;
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
  return { below, choose: (choices) => choices[below(choices.length)] ?? choices[0] };
};

/** A place among the bytes, mostly one that describes the file and is not a tensor's number. */
const placeOf = ({ below }: Chance, { bytes, numbers }: Subject): number => {
  const anywhere = below(bytes.length);
  if (below(5) === 0) return anywhere;
  const said = bytes.length - numbers.reduce((sum, [begin, end]) => sum + end - begin, 0);
  let place = below(Math.max(1, said));
  for (const [begin, end] of numbers) {
    if (place < begin) break;
    place += end - begin;
  }
  return Math.min(place, bytes.length - 1);
};

const EXTREMES = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
] as const;

const spliced = (bytes: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array =>
  Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);

type Damage = (random: Chance, subject: Subject) => Uint8Array;

const changed =
  (change: (bytes: Uint8Array, at: number, random: Chance) => void): Damage =>
  (random, subject) => {
    const bytes = Uint8Array.from(subject.bytes);
    change(bytes, placeOf(random, subject), random);
    return bytes;
  };

const DAMAGES: readonly [Damage, ...Damage[]] = [
  changed((bytes, at, { below }) => {
    bytes[at] = (bytes[at] as number) ^ (1 << below(8));
  }),
  changed((bytes, at, { below }) => {
    bytes[at] = below(256);
  }),
  changed((bytes, at, { below }) => {
    bytes[at] = (bytes[at] as number) + (below(2) === 0 ? 1 : 255);
  }),
  changed((bytes, at, { below }) => {
    for (let i = at; i < Math.min(bytes.length, at + 1 + below(16)); i++) bytes[i] = below(256);
  }),
  changed((bytes, at, { below, choose }) => {
    const number = Buffer.alloc(8);
    number.writeBigUInt64LE(choose(EXTREMES));
    bytes.set(number.subarray(0, Math.min(1 << below(4), bytes.length - at)), at);
  }),
  changed((bytes, at, { below }) => {
    bytes.fill(0, at, at + 1 + below(64));
  }),
  // Copies a piece of the file over another, so that names, counts and records are valid but in the wrong place.
  changed((bytes, at, { below }) => {
    const from = Math.min(bytes.length - 1, Math.max(0, at - 2000 + below(4000)));
    bytes.copyWithin(at, from, from + 1 + below(32));
  }),
  (random, subject) => subject.bytes.slice(0, placeOf(random, subject)),
  (random, subject) =>
    spliced(subject.bytes, placeOf(random, subject), 1 + random.below(16), new Uint8Array(0)),
  (random, subject) =>
    spliced(
      subject.bytes,
      placeOf(random, subject),
      0,
      Uint8Array.from({ length: 1 + random.below(8) }, () => random.below(256)),
    ),
  (random, subject) => {
    const at = placeOf(random, subject);
    return spliced(subject.bytes, at, 0, subject.bytes.subarray(at, at + 1 + random.below(64)));
  },
];

/** The damaged bytes of that seed; one time in five they are damaged twice. */
export const damaged = (subject: Subject, seed: number): Uint8Array => {
  const random = chance(seed);
  const once = random.choose(DAMAGES)(random, subject);
  return random.below(5) === 0 && once.length > 0
    ? random.choose(DAMAGES)(random, { ...subject, bytes: once, numbers: [] })
    : once;
};

const isSame = (a: HostWeights, b: HostWeights, specs: readonly ParameterSpec[]): boolean =>
  specs.every(({ name }) => {
    const [one, other] = [a[name]?.data, b[name]?.data];
    return (
      one instanceof Float32Array &&
      other instanceof Float32Array &&
      Buffer.compare(
        new Uint8Array(one.buffer, one.byteOffset, one.byteLength),
        new Uint8Array(other.buffer, other.byteOffset, other.byteLength),
      ) === 0
    );
  });

/** The undamaged file with the damaged one's numbers, which end both files: the only other accepted outcome. */
const withNumbersOf = ({ bytes, numbers }: Subject, other: Uint8Array): Uint8Array => {
  const repaired = Uint8Array.from(bytes);
  const shift = other.length - bytes.length;
  for (const [begin, end] of numbers)
    repaired.set(other.subarray(Math.max(0, begin + shift), Math.max(0, end + shift)), begin);
  return repaired;
};

const checkLine = (file: string, message: string): void => {
  const [head, ...lines] = message.split("\n");
  const isReport = lines.every((line) => line.startsWith("  ")) && /: \d+ tensors differ:$/.test(head ?? "");
  if (!message.startsWith(`${file}: `) || (lines.length > 0 && !isReport) || /[^\P{Cc}\n]/u.test(message))
    throw new Error(`no clear line: ${JSON.stringify(message)}`);
};

/** Writes the bytes to a file and reads everything in it, and the weights. Throws if an error is not one clear line. */
export const outcomeOf = async (
  subject: Subject,
  bytes: Uint8Array,
  file: string,
): Promise<{ readonly outcome: Outcome; readonly message: string }> => {
  await writeFile(file, bytes);
  const everything = await readEverything(file);
  if (E.isLeft(everything)) checkLine(file, everything.left.message);
  const { specs, path, others } = subject;
  const readGroup = readWeights(file, specs, { path, ignore: (name) => others.has(name) });
  const read = await readGroup();
  if (E.isLeft(read)) {
    checkLine(file, read.left.message);
    return { outcome: "refused", message: read.left.message };
  }
  if (isSame(read.right, subject.weights, specs)) return { outcome: "identical", message: "" };
  if (subject.hasChecksum) return { outcome: "wrong", message: "" };
  await writeFile(file, withNumbersOf(subject, bytes));
  const repaired = await readGroup();
  const isFair = E.isRight(repaired) && isSame(read.right, repaired.right, specs);
  return { outcome: isFair ? "other numbers" : "wrong", message: "" };
};
