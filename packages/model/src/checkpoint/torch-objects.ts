/** The closed list of names that a pickle of PyTorch's may ask for, and the value of each here. */

import * as E from "fp-ts/lib/Either.js";
import { isWholeNumber } from "../count.ts";
import { type Checked, invalid } from "./complaint.ts";
import { STORAGE_DTYPES } from "./dtypes.ts";
import type { PickleRules } from "./pickle.ts";
import {
  described,
  isKind,
  type PickleDict,
  type PickleGlobal,
  type PickleValue,
  setItem,
  type TorchStorage,
  type TorchTensor,
} from "./pickle-values.ts";
import { checkedTensor } from "./tensor-view.ts";

type Call = NonNullable<PickleGlobal["call"]>;

/** `OrderedDict()`, or Python 2's `OrderedDict([[key, value], ...])`. */
const orderedDict: Call = ([pairs, ...more]) => {
  const dict: PickleDict = { kind: "dict", entries: new Map() };
  if (pairs === undefined) return E.right(dict);
  if (!isKind(pairs, "list") || more.length > 0) return invalid(described(pairs), "a list of pairs");
  for (const pair of pairs.items) {
    if (!(isKind(pair, "list") || isKind(pair, "tuple")) || pair.items.length !== 2)
      return invalid(described(pair), "a pair of key and value");
    const set = setItem(dict, pair.items[0], pair.items[1] ?? null);
    if (E.isLeft(set)) return set;
  }
  return E.right(dict);
};

/** `(storage, offset, sizes, strides, requires_grad, backward_hooks, metadata?)` */
const tensor = ([
  storage,
  offset,
  shape,
  strides,
  ,
  ,
  metadata,
  ...more
]: readonly PickleValue[]): Checked<TorchTensor> => {
  if (!isKind(storage, "storage")) return invalid(described(storage), "a tensor's storage");
  // These attributes are flags such as "conjugate" or "negative", which change what the numbers mean.
  const isPlain =
    metadata === undefined || metadata === null || (isKind(metadata, "dict") && metadata.entries.size === 0);
  if (!isPlain || more.length > 0) return invalid("a tensor with further attributes", "a plain tensor");
  return checkedTensor(storage, offset, shape, strides);
};

/** `(tensor, requires_grad, backward_hooks, state?)`: the tensor itself. */
const wrappedTensor: Call = ([data]) =>
  isKind(data, "tensor") ? E.right(data) : invalid(described(data), "a parameter's tensor");

/** `torch.Size((2, 3))` */
const size: Call = ([sizes]) =>
  isKind(sizes, "tuple") ? E.right(sizes) : invalid(described(sizes), "a tuple of sizes");

const device: Call = ([name]) => E.right({ kind: "opaque", name: `the device ${described(name)}` });

const REBUILD_TENSOR = "torch._utils._rebuild_tensor_v2";

const CALLS: Readonly<Record<string, Call>> = {
  "collections.OrderedDict": orderedDict,
  "torch._utils._rebuild_parameter": wrappedTensor,
  "torch._utils._rebuild_parameter_with_state": wrappedTensor,
  "torch.Size": size,
  "torch.device": device,
};

/** Number types, which configurations may contain. */
const DTYPES: readonly string[] = [
  "float32",
  "float64",
  "float16",
  "bfloat16",
  "int64",
  "int32",
  "int16",
  "int8",
  "uint8",
  "bool",
];

/** By `module.name`. */
const GLOBALS: ReadonlyMap<string, PickleGlobal> = new Map([
  ...Object.entries(CALLS).map(([name, call]): [string, PickleGlobal] => [
    name,
    { kind: "global", name, storage: null, call },
  ]),
  ...Object.entries(STORAGE_DTYPES).map(([className, storage]): [string, PickleGlobal] => {
    const name = `torch.${className}`;
    return [name, { kind: "global", name, storage, call: null }];
  }),
  ...DTYPES.map((dtype): [string, PickleGlobal] => {
    const name = `torch.${dtype}`;
    return [name, { kind: "global", name, storage: null, call: null }];
  }),
]);

export interface TorchRules extends PickleRules {
  /** The storages that the pickle asks for, by key. */
  readonly storages: ReadonlyMap<string, TorchStorage>;
}

/** `("storage", class, key, device, count)`; the legacy format adds a view if the storage is part of another. */
const storageOf = (identity: PickleValue): Checked<TorchStorage> => {
  const items = isKind(identity, "tuple") ? identity.items : [];
  const [tag, type, key, , count, view] = items;
  if (tag !== "storage" || items.length < 5 || items.length > 6)
    return invalid(`a reference to ${described(tag)}`, "references to storages");
  const dtype = isKind(type, "global") ? type.storage : null;
  if (dtype === null) return invalid(described(type), "the type of a storage");
  if (typeof key !== "string") return invalid(described(key), "a storage's key");
  if (!isWholeNumber(count)) return invalid(described(count), "how many numbers a storage has");
  if (view !== undefined && view !== null)
    return invalid("a storage within another", "storages by themselves; save it again with PyTorch");
  return E.right({ kind: "storage", key, dtype, count });
};

const accepted = (): Checked<void> => E.right(undefined);

/** Rules for one pickle, which collect the storages it asks for. `check` may refuse a tensor's view. */
export const torchRules = (check: (tensor: TorchTensor) => Checked<void> = accepted): TorchRules => {
  const storages = new Map<string, TorchStorage>();
  const rebuild: PickleGlobal = {
    kind: "global",
    name: REBUILD_TENSOR,
    storage: null,
    call: (values) => E.chainFirst(check)(tensor(values)),
  };
  return {
    storages,
    global: (module, name) => {
      const fullName = `${module}.${name}`;
      return fullName === REBUILD_TENSOR ? rebuild : (GLOBALS.get(fullName) ?? null);
    },
    persistent: (identity) => {
      const storage = storageOf(identity);
      if (E.isLeft(storage)) return storage;
      const { key, dtype, count } = storage.right;
      const known = storages.get(key);
      if (known === undefined) {
        storages.set(key, storage.right);
        return storage;
      }
      return known.dtype === dtype && known.count === count
        ? E.right(known)
        : invalid(
            `storage ${described(key)} as ${count} numbers of ${dtype}`,
            `${known.count} of ${known.dtype}, as before`,
          );
    },
  };
};
