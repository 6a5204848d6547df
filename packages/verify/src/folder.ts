/** The content of a manifest's folder, by name. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

export interface Folder {
  readonly path: string;
  /** Names of the files in it, sorted. */
  readonly names: readonly string[];
  /** Names of the manifest's entries. */
  readonly entries: readonly string[];
  /** Names of records of networks without an entry. */
  readonly unlisted: readonly string[];
}

export const RECORDED = ".io.safetensors";

export const openFolder = async (path: string, entries: readonly string[]): Promise<Folder> => {
  const names = await readdir(path).catch((): string[] => []);
  const unlisted = names
    .filter((name) => name.endsWith(RECORDED))
    .map((name) => name.slice(0, -RECORDED.length))
    .filter((name) => !entries.includes(name));
  return { path, names: names.sort(), entries, unlisted: unlisted.sort() };
};

export const inFolder = ({ path }: Folder, name: string): string => join(path, name);

const WEIGHTS = /\.(pth|pt|ckpt|bin|safetensors)$/;

/** The order puts a file in float32 first, because the others are compared with it. */
const formOrder = (form: string): string => `${/half|fp16|f16/.test(form) ? 1 : 0}${form.length}${form}`;

/**
 * The files of an entry's weights: `name.pth` and every `name.<form>.pth`, and the same with .safetensors; the plain
 * one first. A file of an entry with a longer name (`vq.face.pth` of `vq.face`) is not among them.
 */
export const weightFiles = ({ names, entries, unlisted }: Folder, entry: string): readonly string[] =>
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
