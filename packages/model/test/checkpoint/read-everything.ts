/** Reads everything in a checkpoint, each tensor by its type. */
import type { NdArray } from "@tadsr/core";
import { fileOnDisk } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import {
  type ByteFile,
  type CheckpointError,
  type CheckpointFormat,
  openCheckpoint,
} from "../../src/index.ts";

export interface ReadGroup {
  readonly path: string;
  readonly prefix: string;
  readonly tensors: readonly (NdArray & { readonly name: string; readonly dtype: string })[];
}

export interface Everything {
  readonly format: CheckpointFormat;
  readonly metadata: Readonly<Record<string, string>>;
  readonly groups: readonly ReadGroup[];
}

export const readEverything = async (
  file: string | ByteFile,
): Promise<E.Either<CheckpointError, Everything>> => {
  const opened = await openCheckpoint(typeof file === "string" ? fileOnDisk(file) : file)();
  if (E.isLeft(opened)) return opened;
  const checkpoint = opened.right;
  try {
    const groups: ReadGroup[] = [];
    for (const { path, prefix, entries } of checkpoint.groups) {
      const tensors: (NdArray & { name: string; dtype: string })[] = [];
      for (const entry of entries.values()) {
        const isFloat = /^B?F\d+$/.test(entry.dtype);
        const read = await (isFloat ? checkpoint.read(entry) : checkpoint.readIntegers(entry))();
        if (E.isLeft(read)) return read;
        tensors.push({ name: entry.name, dtype: entry.dtype, ...read.right });
      }
      groups.push({ path, prefix, tensors });
    }
    return E.right({ format: checkpoint.format, metadata: checkpoint.metadata, groups });
  } finally {
    await checkpoint.close();
  }
};
