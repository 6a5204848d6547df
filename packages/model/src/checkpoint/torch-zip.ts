/** The format of `torch.save` since PyTorch 1.6: a zip file with a pickle and one entry for each storage. */
import * as E from "fp-ts/lib/Either.js";
import type { ByteSource } from "../bytes/byte-file.ts";
import { quoted } from "../quoted.ts";
import { type Checked, invalid } from "./complaint.ts";
import { DTYPE_BYTES } from "./dtypes.ts";
import { unpickle } from "./pickle.ts";
import type { TorchStorage } from "./pickle-values.ts";
import { span } from "./tensor-view.ts";
import { LARGEST_PICKLE, type TorchFile } from "./torch-file.ts";
import { torchRules } from "./torch-objects.ts";
import { entryReader, type ReadEntry } from "./zip-content.ts";
import { findDirectory, readDirectory, TAIL_BYTES, type ZipEntry } from "./zip-directory.ts";

type Entries = ReadonlyMap<string, ZipEntry>;

const listEntries = async (source: ByteSource): Promise<Checked<Entries>> => {
  const tailBytes = Math.min(TAIL_BYTES, source.size);
  const place = findDirectory(await source.read(source.size - tailBytes, tailBytes), source.size);
  if (E.isLeft(place)) return place;
  const { offset, size } = place.right;
  return readDirectory(await source.read(offset, size), place.right);
};

/** The pickle of `<folder>/data.pkl`. The folder is named after the file as it was first saved. */
const findPickle = (entries: Entries): Checked<{ readonly pickle: ZipEntry; readonly folder: string }> => {
  const [pickle, ...others] = [...entries.values()].filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined || others.length > 0)
    return invalid(`${others.length + (pickle ? 1 : 0)} entries data.pkl`, "a file of torch.save, with one");
  return pickle.size <= LARGEST_PICKLE
    ? E.right({ pickle, folder: pickle.name.slice(0, -"data.pkl".length) })
    : invalid(`a pickle of ${pickle.size} bytes`, `at most ${LARGEST_PICKLE}`);
};

/** Older files do not name their byte order. They come from little-endian machines, as nearly all do. */
const checkByteOrder = async (entry: ZipEntry | undefined, read: ReadEntry): Promise<Checked<void>> => {
  if (entry === undefined) return E.right(undefined);
  if (entry.size > 16) return invalid("a byte order of many bytes", '"little"');
  const bytes = await read(entry, 0, entry.size);
  if (E.isLeft(bytes)) return bytes;
  const order = new TextDecoder().decode(bytes.right);
  return order === "little" ? E.right(undefined) : invalid(`the byte order ${quoted(order)}`, '"little"');
};

/** Checks that every storage that the pickle asks for has an entry of the right size. */
const findStorages = (
  entries: Entries,
  folder: string,
  storages: ReadonlyMap<string, TorchStorage>,
): Checked<ReadonlyMap<string, ZipEntry>> => {
  const found = new Map<string, ZipEntry>();
  for (const { key, dtype, count } of storages.values()) {
    const name = `${folder}data/${key}`;
    const entry = entries.get(name);
    const size = count * DTYPE_BYTES[dtype];
    if (entry?.size !== size)
      return invalid(
        entry === undefined ? `no entry ${quoted(name)}` : `${entry.size} bytes in ${quoted(name)}`,
        `${size} bytes, ${count} numbers of ${dtype}`,
      );
    found.set(key, entry);
  }
  return E.right(found);
};

/** Lists the entries and reads the pickle, without reading the storages. */
export const openTorchZip = async (source: ByteSource): Promise<Checked<TorchFile>> => {
  const entries = await listEntries(source);
  if (E.isLeft(entries)) return entries;
  const main = findPickle(entries.right);
  if (E.isLeft(main)) return main;
  const { pickle, folder } = main.right;
  const read = entryReader(source);
  const order = await checkByteOrder(entries.right.get(`${folder}byteorder`), read);
  if (E.isLeft(order)) return order;
  const bytes = await read(pickle, 0, pickle.size);
  if (E.isLeft(bytes)) return bytes;
  const rules = torchRules();
  const unpickled = unpickle(bytes.right, 0, rules);
  if (E.isLeft(unpickled)) return unpickled;
  if (unpickled.right.end !== pickle.size) return invalid("bytes after the pickle", "a pickle alone");
  const storages = findStorages(entries.right, folder, rules.storages);
  if (E.isLeft(storages)) return storages;
  return E.right({
    format: "pytorch-zip",
    root: unpickled.right.value,
    cost: (tensor) => {
      const { dtype, key, count } = tensor.storage;
      const isDeflated = storages.right.get(key)?.isDeflated === true;
      return DTYPE_BYTES[dtype] * (isDeflated ? count : span(tensor));
    },
    read: async ({ key }, from, length) => {
      const entry = storages.right.get(key);
      return entry === undefined ? invalid(`no storage ${quoted(key)}`, "one") : read(entry, from, length);
    },
  });
};
