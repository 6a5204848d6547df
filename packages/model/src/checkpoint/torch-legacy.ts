/**
 * The format of `torch.save` before PyTorch 1.6. It has five pickles one after another (a magic number, the protocol,
 * the machine, the saved object, the keys of the storages), then each storage with its count before it. It has no
 * checksum. So contents that PyTorch never writes, but that damage could make without another sign, are refused. Two
 * kinds of damage cannot be noticed: a changed number, and a changed offset of a view in a storage that it shares with
 * others.
 */
import { shapeText } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type { ByteSource } from "../bytes/byte-file.ts";
import { quoted } from "../quoted.ts";
import { type Checked, invalid } from "./complaint.ts";
import { DTYPE_BYTES } from "./dtypes.ts";
import { unpickle } from "./pickle.ts";
import { described, isKind, type PickleValue, type TorchStorage, type TorchTensor } from "./pickle-values.ts";
import { isExpanded, isOverlapping, span } from "./tensor-view.ts";
import { LARGEST_PICKLE, type TorchFile } from "./torch-file.ts";
import { type TorchRules, torchRules } from "./torch-objects.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/** Reads the count before a storage. */
const COUNT_BYTES = 8;

interface Pickles {
  readonly root: PickleValue;
  readonly keys: readonly string[];
  readonly end: number;
}

const keysOf = (value: PickleValue): Checked<readonly string[]> => {
  const items = isKind(value, "list") ? value.items : null;
  return items?.every((key) => typeof key === "string")
    ? E.right(items)
    : invalid(described(value), "a list of the storages' keys");
};

const checkMachine = (machine: PickleValue): Checked<void> => {
  const isLittle = isKind(machine, "dict") && machine.entries.get("little_endian") === true;
  return isLittle ? E.right(undefined) : invalid("another byte order, or none", "little-endian numbers");
};

const readPickles = (bytes: Uint8Array, rules: TorchRules): Checked<Pickles> => {
  const nothing = torchRules();
  const magic = unpickle(bytes, 0, nothing);
  if (E.isLeft(magic)) return magic;
  if (magic.right.value !== MAGIC)
    return invalid(`a pickle of ${described(magic.right.value)}`, "the magic number of a file of torch.save");
  const protocol = unpickle(bytes, magic.right.end, nothing);
  if (E.isLeft(protocol)) return protocol;
  if (protocol.right.value !== PROTOCOL)
    return invalid(`the protocol ${described(protocol.right.value)}`, `${PROTOCOL}`);
  const machine = unpickle(bytes, protocol.right.end, nothing);
  if (E.isLeft(machine)) return machine;
  const order = checkMachine(machine.right.value);
  if (E.isLeft(order)) return order;
  const root = unpickle(bytes, machine.right.end, rules);
  if (E.isLeft(root)) return root;
  const list = unpickle(bytes, root.right.end, nothing);
  if (E.isLeft(list)) return list;
  return E.map((keys: readonly string[]) => ({ root: root.right.value, keys, end: list.right.end }))(
    keysOf(list.right.value),
  );
};

/** Where each storage's numbers begin. Each key is listed once, each storage is used, and they fill the file. */
const findStorages = async (
  source: ByteSource,
  { keys, end }: Pickles,
  storages: ReadonlyMap<string, TorchStorage>,
): Promise<Checked<ReadonlyMap<string, number>>> => {
  const places = new Map<string, number>();
  let at = end;
  for (const key of keys) {
    const storage = storages.get(key);
    if (storage === undefined || places.has(key))
      return invalid(`the storage ${quoted(key)} listed`, "storages that tensors use, each once");
    const bytes = await source.read(at, COUNT_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = bytes.length < COUNT_BYTES ? null : view.getBigInt64(0, true);
    const size = storage.count * DTYPE_BYTES[storage.dtype];
    if (count !== BigInt(storage.count) || at + COUNT_BYTES + size > source.size)
      return invalid(
        count === null || count === BigInt(storage.count)
          ? "the file's end (it is cut off)"
          : `${count} numbers in storage ${quoted(key)}`,
        `${storage.count} numbers of ${storage.dtype} in storage ${quoted(key)}`,
      );
    places.set(key, at + COUNT_BYTES);
    at += COUNT_BYTES + size;
  }
  if (places.size !== storages.size)
    return invalid(`${places.size} storages listed`, `the ${storages.size} that tensors use`);
  return at === source.size
    ? E.right(places)
    : invalid(`${source.size - at} bytes after the last storage`, "none");
};

/** Refuses repeated numbers: a damaged stride would turn a plain tensor into such a view without any other sign. */
const checkViews = (tensor: TorchTensor): Checked<void> => {
  const distinct = tensor.shape.reduce((n, size, i) => (tensor.strides[i] === 0 ? n : n * size), 1);
  const isPartial = isExpanded(tensor) && distinct !== tensor.storage.count;
  return isOverlapping(tensor) || isPartial
    ? invalid(
        `a tensor of shape ${shapeText(tensor.shape)} with strides ${shapeText(tensor.strides)}`,
        "strides that repeat nothing, in this format without a checksum; save it again with PyTorch",
      )
    : E.right(undefined);
};

/** Reads the pickles and finds the storages, without reading their numbers. */
export const openTorchLegacy = async (source: ByteSource): Promise<Checked<TorchFile>> => {
  const rules = torchRules(checkViews);
  const pickles = readPickles(await source.read(0, Math.min(LARGEST_PICKLE, source.size)), rules);
  if (E.isLeft(pickles)) return pickles;
  const places = await findStorages(source, pickles.right, rules.storages);
  if (E.isLeft(places)) return places;
  return E.right({
    format: "pytorch-legacy",
    root: pickles.right.root,
    cost: (tensor) => DTYPE_BYTES[tensor.storage.dtype] * span(tensor),
    read: async ({ key }, from, length) => {
      const place = places.right.get(key);
      if (place === undefined) return invalid(`no storage ${quoted(key)}`, "one");
      const bytes = await source.read(place + from, length);
      return bytes.length === length ? E.right(bytes) : invalid(`${bytes.length} bytes`, `${length}`);
    },
  });
};
