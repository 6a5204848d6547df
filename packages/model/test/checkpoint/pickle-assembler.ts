/** Writes pickles instruction by instruction, including some that no pickler writes. */

export type Code = Uint8Array;

const UTF8 = new TextEncoder();

export const bytesOf = (...parts: readonly (Code | number | string)[]): Code =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "number" ? Uint8Array.of(part) : typeof part === "string" ? UTF8.encode(part) : part,
    ),
  );

export const uint16 = (value: number): Code => new Uint8Array(Uint16Array.of(value).buffer);
export const uint32 = (value: number): Code => new Uint8Array(Uint32Array.of(value).buffer);
export const uint64 = (value: number | bigint): Code =>
  new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);

export const MARK = bytesOf("(");
export const NONE = bytesOf("N");
export const REDUCE = bytesOf("R");
export const EMPTY_DICT = bytesOf("}");
export const EMPTY_LIST = bytesOf("]");

export const text = (value: string): Code => {
  const bytes = UTF8.encode(value);
  return bytesOf("X", uint32(bytes.length), bytes);
};

/** LONG1 of 8 bytes, whatever the number. */
export const whole = (value: number | bigint): Code =>
  bytesOf(0x8a, 8, uint64(BigInt.asUintN(64, BigInt(value))));

export const global = (module: string, name: string): Code => bytesOf("c", module, "\n", name, "\n");

export const tuple = (...items: readonly Code[]): Code => bytesOf(MARK, ...items, "t");

export const call = (module: string, name: string, ...values: readonly Code[]): Code =>
  bytesOf(global(module, name), tuple(...values), REDUCE);

export const dict = (entries: Readonly<Record<string, Code>>): Code =>
  bytesOf(EMPTY_DICT, MARK, ...Object.entries(entries).flatMap(([key, value]) => [text(key), value]), "u");

export const put = (index: number): Code => bytesOf("q", index);
export const get = (index: number): Code => bytesOf("h", index);

export const pickle = (...parts: readonly Code[]): Code => bytesOf(0x80, 2, ...parts, ".");

export interface TensorParts {
  readonly key: string;
  readonly count: number | bigint;
  readonly offset: number;
  readonly shape: readonly (number | bigint)[];
  readonly strides: readonly (number | bigint)[];
  readonly type: string;
  readonly isLegacy: boolean;
}

/** A tensor as PyTorch writes it; by default four float32 numbers in storage "0". */
export const tensor = (parts: Partial<TensorParts> = {}): Code => {
  const { key = "0", count = 4, offset = 0, shape = [4], strides = [1] } = parts;
  const storage = bytesOf(
    tuple(
      text("storage"),
      global("torch", parts.type ?? "FloatStorage"),
      text(key),
      text("cpu"),
      whole(count),
      ...(parts.isLegacy === true ? [NONE] : []),
    ),
    "Q",
  );
  return call(
    "torch._utils",
    "_rebuild_tensor_v2",
    storage,
    whole(offset),
    tuple(...shape.map(whole)),
    tuple(...strides.map(whole)),
    bytesOf(0x89),
    call("collections", "OrderedDict"),
  );
};

/** A legacy file: the saved object, then storages as keys and bytes of float32. */
export const legacyFile = (
  saved: Code,
  storages: Readonly<Record<string, Float32Array>> = {},
  { littleEndian = true, protocol = 1001 } = {},
): Code =>
  bytesOf(
    pickle(bytesOf(0x8a, 10, Uint8Array.of(0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19))),
    pickle(whole(protocol)),
    pickle(dict({ little_endian: bytesOf(littleEndian ? 0x88 : 0x89) })),
    saved,
    pickle(bytesOf(EMPTY_LIST, MARK, ...Object.keys(storages).map(text), "e")),
    ...Object.values(storages).flatMap((numbers) => [uint64(numbers.length), new Uint8Array(numbers.buffer)]),
  );
