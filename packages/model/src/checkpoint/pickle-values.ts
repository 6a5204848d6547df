/** The values in a pickle of PyTorch's: plain data, and tensors with the places of their numbers. */
import * as E from "fp-ts/lib/Either.js";
import { quoted } from "../quoted.ts";
import { type Checked, invalid } from "./complaint.ts";
import type { TensorDtype } from "./dtypes.ts";

export interface PickleDict {
  readonly kind: "dict";
  readonly entries: Map<string | number, PickleValue>;
}

export interface PickleList {
  readonly kind: "list";
  readonly items: PickleValue[];
}

export interface PickleTuple {
  readonly kind: "tuple";
  readonly items: readonly PickleValue[];
}

/** A name of the closed list. `call` makes a value from arguments. It runs no code of the file. */
export interface PickleGlobal {
  readonly kind: "global";
  readonly name: string;
  readonly storage: TensorDtype | null;
  readonly call: ((values: readonly PickleValue[]) => Checked<PickleValue>) | null;
}

/** Numbers of one type without gaps, stored under a key of the file. */
export interface TorchStorage {
  readonly kind: "storage";
  readonly key: string;
  readonly dtype: TensorDtype;
  readonly count: number;
}

/** A view of a storage, within its bounds. Offset and strides count numbers, not bytes. */
export interface TorchTensor {
  readonly kind: "tensor";
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** An object of PyTorch's that is no tensor, such as a device. Only its name is kept. */
export interface PickleOpaque {
  readonly kind: "opaque";
  readonly name: string;
}

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleDict
  | PickleList
  | PickleTuple
  | PickleGlobal
  | PickleOpaque
  | TorchStorage
  | TorchTensor;

type Objects = Exclude<PickleValue, null | boolean | number | bigint | string>;

/** Whether the value is of that kind. */
export const isKind = <K extends Objects["kind"]>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<Objects, { readonly kind: K }> =>
  typeof value === "object" && value !== null && value.kind === kind;

/** A value in a few words, for errors. */
export const described = (value: PickleValue | undefined): string => {
  if (value === undefined) return "nothing";
  if (value === null) return "None";
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object") return String(value).slice(0, 40);
  if (value.kind === "global" || value.kind === "opaque") return value.name;
  return `a ${value.kind}`;
};

/** Adds an item as Python's `dict[key] = value` does, but refuses a repeated key: PyTorch writes none. */
export const setItem = (
  { entries }: PickleDict,
  key: PickleValue | undefined,
  value: PickleValue,
): Checked<void> => {
  if (typeof key !== "string" && typeof key !== "number")
    return invalid(`a dict with ${described(key)} as a key`, "texts and whole numbers as keys");
  if (entries.has(key)) return invalid(`the key ${described(key)} twice in one dict`, "each key once");
  entries.set(key, value);
  return E.right(undefined);
};
