/**
 * Weights in a file of one of three formats: safetensors, and PyTorch's zip and legacy formats. The content tells
 * which, not the name. Opening a file lists its tensors; a tensor is read when it is asked for. No code that a file
 * asks for is ever run.
 */
import { elements, type NdArray } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type { Task } from "fp-ts/lib/Task.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { ByteFile, ByteSource } from "../bytes/byte-file.ts";
import { openKept } from "../bytes/read-bytes.ts";
import { fileUnreadable, type InvalidCheckpoint, type RefusedCode } from "../errors.ts";
import { type SafetensorsError, type SafetensorsFile, safetensorsIn } from "../safetensors.ts";
import type { StoredType } from "../safetensors-header.ts";
import { type Checked, complainAbout, invalid } from "./complaint.ts";
import { commonPrefix, groupsOf, type RawGroup } from "./groups.ts";
import { isKind, type PickleValue, type TorchTensor } from "./pickle-values.ts";
import { readFloats, readWhole } from "./read-tensor.ts";
import type { TorchFile } from "./torch-file.ts";
import { openTorchLegacy } from "./torch-legacy.ts";
import { openTorchZip } from "./torch-zip.ts";

export type CheckpointError = SafetensorsError | InvalidCheckpoint | RefusedCode;

export type CheckpointFormat = "safetensors" | "pytorch-zip" | "pytorch-legacy";

export interface CheckpointEntry {
  /** Without the group's prefix. */
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** The tensor's full name in the file: its group's path, then its own name. */
  readonly key: string;
}

/** Tensors that are direct members of one dict. */
export interface TensorGroup {
  /** Such as `state_dict` or `model.ema`; "" is the outermost group. */
  readonly path: string;
  /** The prefix that every name had and that was removed, such as `module.`. */
  readonly prefix: string;
  /** By name, without the prefix, in the file's order. */
  readonly entries: ReadonlyMap<string, CheckpointEntry>;
}

/** An open file. The caller closes it. */
export interface Checkpoint {
  readonly file: string;
  readonly format: CheckpointFormat;
  readonly groups: readonly TensorGroup[];
  /** Texts beside the tensors. For PyTorch's files: the numbers and texts of the outermost dict. */
  readonly metadata: Readonly<Record<string, string>>;
  /** One tensor as float32 in row-major order, from F32, F16, BF16 or F64 (F64 is rounded). */
  readonly read: (entry: CheckpointEntry) => TE.TaskEither<CheckpointError, NdArray>;
  /** One tensor of whole numbers, as float64. Numbers beyond 2^53 are refused. */
  readonly readIntegers: (entry: CheckpointEntry) => TE.TaskEither<CheckpointError, NdArray>;
  readonly close: Task<void>;
}

const groupOf = <A>(
  { path, members }: RawGroup<A>,
  describe: (member: A) => Pick<CheckpointEntry, "dtype" | "shape">,
): TensorGroup => {
  const prefix = commonPrefix([...members.keys()]);
  const entries = [...members].map(([key, member]): [string, CheckpointEntry] => {
    const name = key.slice(prefix.length);
    const { dtype, shape } = describe(member);
    return [name, { name, dtype, shape, key: path === "" ? key : `${path}.${key}` }];
  });
  return { path, prefix, entries: new Map(entries) };
};

/** All tensors together may claim this many times the file's bytes. LITTLE bytes are always allowed. */
const MOST_CLAIMED = 16;
const LITTLE = 2 ** 26;

/** Views may repeat numbers, but a small file with huge tensors is an attack. */
const checkClaims = (torch: TorchFile, tensors: readonly TorchTensor[], fileSize: number): Checked<void> => {
  const repeated = tensors.find(
    ({ shape, storage }) => elements(shape) > Math.max(LITTLE / 4, storage.count),
  );
  if (repeated !== undefined)
    return invalid(
      `a tensor of ${elements(repeated.shape)} numbers, repeated from ${repeated.storage.count}`,
      `at most ${LITTLE / 4}`,
    );
  const most = Math.max(LITTLE, MOST_CLAIMED * fileSize);
  const claimed = tensors.reduce(
    (sum, tensor) => sum + Math.max(torch.cost(tensor), 4 * elements(tensor.shape)),
    0,
  );
  return claimed <= most
    ? E.right(undefined)
    : invalid(`tensors of ${claimed} bytes in a file of ${fileSize}`, `at most ${most}`);
};

const metadataOf = (root: PickleValue): Readonly<Record<string, string>> =>
  isKind(root, "dict")
    ? Object.fromEntries(
        [...root.entries].flatMap(([key, value]) =>
          value === null || typeof value === "object" ? [] : [[String(key), String(value)]],
        ),
      )
    : {};

const ofTorch = (file: string, source: ByteSource, torch: TorchFile): Checked<Checkpoint> => {
  const raw = groupsOf(torch.root);
  if (E.isLeft(raw)) return raw;
  const groups = raw.right.map((group) =>
    groupOf(group, ({ storage, shape }) => ({ dtype: storage.dtype, shape })),
  );
  const tensors = new Map<CheckpointEntry, TorchTensor>();
  for (const [i, { members }] of raw.right.entries()) {
    const { prefix = "", entries } = groups[i] ?? {};
    for (const [key, tensor] of members) {
      const entry = entries?.get(key.slice(prefix.length));
      if (entry !== undefined) tensors.set(entry, tensor);
    }
  }
  const claims = checkClaims(torch, [...tensors.values()], source.size);
  if (E.isLeft(claims)) return claims;

  const reading =
    (read: (torch: TorchFile, tensor: TorchTensor) => Promise<Checked<NdArray>>) =>
    (entry: CheckpointEntry): TE.TaskEither<CheckpointError, NdArray> =>
    async () => {
      const tensor = tensors.get(entry);
      if (tensor === undefined) throw new Error(`the entry ${entry.key} is of another checkpoint`);
      try {
        return E.mapLeft(complainAbout(file, entry.key))(await read(torch, tensor));
      } catch (thrown) {
        return E.left(fileUnreadable(file, thrown));
      }
    };

  return E.right({
    file,
    format: torch.format,
    groups,
    metadata: metadataOf(torch.root),
    read: reading(readFloats),
    readIntegers: reading(readWhole),
    close: () => source.close(),
  });
};

const ofSafetensors = (opened: SafetensorsFile): Checkpoint => {
  const group = groupOf({ path: "", members: opened.entries }, ({ type, shape }) => ({ dtype: type, shape }));
  return {
    file: opened.file,
    format: "safetensors",
    groups: group.entries.size === 0 ? [] : [group],
    metadata: opened.metadata,
    read: ({ key }) => opened.read(key),
    readIntegers: ({ key }) => opened.readIntegers(key),
    close: opened.close,
  };
};

type Opener = (source: ByteSource) => Promise<Checked<TorchFile>>;

const MAGIC_BYTES = 16;

/** Null for safetensors. */
const openerOf = (start: Uint8Array): Checked<Opener | null> => {
  const [first, second, third, fourth] = start;
  if (first === 0x50 && second === 0x4b && third === 0x03 && fourth === 0x04) return E.right(openTorchZip);
  // A safetensors file may begin with 0x80 too, but then the brace of its header follows.
  if (start[8] === 0x7b || start.length < 9) return E.right(null);
  if (first === 0x80 && second !== undefined && second <= 5) return E.right(openTorchLegacy);
  const bytes = [...start.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return invalid(`a file that begins with the bytes ${bytes}`, "safetensors, or a file of torch.save");
};

const openSource = async (
  file: string,
  source: ByteSource,
): Promise<E.Either<CheckpointError, Checkpoint>> => {
  const complain = E.mapLeft(complainAbout(file, null));
  const opener = complain(openerOf(await source.read(0, MAGIC_BYTES)));
  if (E.isLeft(opener)) return opener;
  if (opener.right === null) return E.map(ofSafetensors)(await safetensorsIn(file, source));
  const torch = await opener.right(source);
  return complain(E.chain((read: TorchFile) => ofTorch(file, source, read))(torch));
};

/** Opens a file of any of the formats and checks its list of tensors. The caller closes it. */
export const openCheckpoint = (file: ByteFile): TE.TaskEither<CheckpointError, Checkpoint> =>
  openKept(file, openSource);
