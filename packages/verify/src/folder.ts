/** The content of a manifest's folder, by name. */
import type { ByteFile } from "@tadsr/model";

/** A folder's files, on a disk or anywhere else. */
export interface Folder {
  /** Names of the files in it, in any order. */
  readonly names: readonly string[];
  /** The file of that name. If there is none, it cannot be opened. */
  readonly file: (name: string) => ByteFile;
}

/** A folder with a manifest. Its names are sorted. */
export interface ManifestFolder extends Folder {
  /** Names of the manifest's entries. */
  readonly entries: readonly string[];
  /** Names of records of networks without an entry. */
  readonly unlisted: readonly string[];
}

export const RECORDED = ".io.safetensors";

export const withEntries = ({ names, file }: Folder, entries: readonly string[]): ManifestFolder => {
  const unlisted = names
    .filter((name) => name.endsWith(RECORDED))
    .map((name) => name.slice(0, -RECORDED.length))
    .filter((name) => !entries.includes(name));
  return { names: [...names].sort(), file, entries, unlisted: unlisted.sort() };
};

const WEIGHTS = /\.(pth|pt|ckpt|bin|safetensors)$/;

/** The order puts a file in float32 first, because the others are compared with it. */
const formOrder = (form: string): string => `${/half|fp16|f16/.test(form) ? 1 : 0}${form.length}${form}`;

/**
 * The files of an entry's weights: `name.pth` and every `name.<form>.pth`, and the same with .safetensors; the plain
 * one first. A file of an entry with a longer name (`vq.face.pth` of `vq.face`) is not among them.
 */
export const weightFiles = ({ names, entries, unlisted }: ManifestFolder, entry: string): readonly string[] =>
  names
    .filter((name) => WEIGHTS.test(name) && name.startsWith(`${entry}.`) && !name.endsWith(RECORDED))
    .filter(
      (name) =>
        ![...entries, ...unlisted].some(
          (other) => other.length > entry.length && name.startsWith(`${other}.`),
        ),
    )
    .sort((a, b) => (formOrder(a) < formOrder(b) ? -1 : 1));

/** `student.pth` is the file of `student`. */
export const stemOf = (file: string): string => file.replace(WEIGHTS, "");
