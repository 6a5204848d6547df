/**
 * Optimised models on disk, so that a second start does not have to make them again. An entry is a folder. It is
 * written under another name and then renamed, so it is complete as soon as it has its own name. If several processes
 * fill one entry, the first wins, and no reader sees half an entry. If the cache cannot be read or written, this is
 * said once, and the program works without it.
 *
 * It does not use @tadsr/files, which writes all other files: a runtime would then install a library for pictures. And
 * its entries differ: they are folders, the first writer wins, and digests tell what a crash cut off.
 */
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";

/** Gets messages about the cache, one line each. */
export type Tell = (line: string) => void;

export interface ModelCache {
  /** Whether anything is kept. If not, no key is needed. */
  readonly keeps: boolean;
  /** The path of the entry's model file if it exists and is undamaged; null if it has to be made. */
  readonly find: (key: string) => Promise<string | null>;
  /**
   * Fills an entry: `make` writes into the folder that it gets, and returns whether it did. Returns the model file's
   * path, or null if there is no entry.
   */
  readonly fill: (key: string, make: (folder: string) => Promise<boolean>) => Promise<string | null>;
  /** Removes an entry that turned out to be unusable, with a message. */
  readonly discard: (key: string, why: string) => Promise<void>;
}

export const MODEL_FILE = "model.onnx";
/** The file with the sizes and digests of the entry's files. */
const SEAL_FILE = "seal.json";
/** When an entry is added and the cache is larger than this, the entries that were unused longest are removed. */
const MOST_BYTES = 6 * 2 ** 30;
const MOST_ENTRIES = 64;
/** The prefix of the folders in which entries are made. */
const DRAFT = ".draft-";
/** After this many milliseconds a draft counts as left by a killed process. */
const ABANDONED = 24 * 60 * 60 * 1000;

const reasonOf = (thrown: unknown): string => {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const text = thrown instanceof Error ? (thrown.message.split("\n")[0] ?? "") : String(thrown);
  return code === "" ? text : code;
};

interface Sealed {
  readonly name: string;
  readonly size: number;
  readonly digest: string;
}

const isSealed = (value: unknown): value is Sealed =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  "size" in value &&
  "digest" in value;

/** It detects damage, not malice: anyone who can write here can also change the program that runs. */
const digestOfFile = async (path: string): Promise<string> => {
  let digest = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 22 })) digest = crc32(piece, digest);
  return digest.toString(16).padStart(8, "0");
};

const seal = async (folder: string): Promise<readonly Sealed[]> => {
  const names = (await readdir(folder)).filter((name) => name !== SEAL_FILE).sort();
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { name, size: (await stat(path)).size, digest: await digestOfFile(path) };
    }),
  );
};

const isMissing = (thrown: unknown): boolean =>
  thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";

/**
 * Removes abandoned drafts, and the entries unused longest while the cache is too large. What cannot be removed stays.
 */
const prune = async (folder: string, keep: string): Promise<void> => {
  const entries: { readonly path: string; readonly bytes: number; readonly used: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (name.startsWith(DRAFT)) {
      // Another process is writing a younger one.
      const draft = await stat(path).catch(() => null);
      if (draft !== null && Date.now() - draft.mtimeMs > ABANDONED)
        await rm(path, { recursive: true, force: true });
      continue;
    }
    const sealed = await stat(join(path, SEAL_FILE)).catch(() => null);
    if (sealed === null) continue;
    let bytes = 0;
    for (const file of await readdir(path)) bytes += (await stat(join(path, file))).size;
    entries.push({ path, bytes, used: name === keep ? Number.POSITIVE_INFINITY : sealed.mtimeMs });
  }
  entries.sort((a, b) => b.used - a.used);
  let sum = 0;
  for (const [place, { path, bytes }] of entries.entries()) {
    sum += bytes;
    if (place > 0 && (sum > MOST_BYTES || place >= MOST_ENTRIES))
      await rm(path, { recursive: true, force: true });
  }
};

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** A cache that has nothing and keeps nothing. */
export const noCache: ModelCache = {
  keeps: false,
  find: async () => null,
  fill: async () => null,
  discard: async () => undefined,
};

export const modelCache = (folder: string, tell: Tell): ModelCache => {
  let isTold = false;
  /** Says once that the cache cannot be used. This is no reason to stop. */
  const giveUp = (what: string, thrown: unknown): null => {
    if (!isTold)
      tell(
        `the cache ${folder} cannot be ${what} (${reasonOf(thrown)}): models are prepared again each time`,
      );
    isTold = true;
    return null;
  };
  const discard: ModelCache["discard"] = async (key, why) => {
    tell(`the cache's entry ${join(folder, key)} is damaged (${why}): it is made again`);
    await rm(join(folder, key), { recursive: true, force: true }).catch((thrown) =>
      giveUp("written", thrown),
    );
  };
  const find: ModelCache["find"] = async (key) => {
    const entry = join(folder, key);
    try {
      const text = await readFile(join(entry, SEAL_FILE), "utf8");
      const damage = await damageOf(entry, text);
      if (damage !== null) {
        await discard(key, damage);
        return null;
      }
      const now = new Date();
      // If the cache is read-only, the times of last use are not recorded. That does no harm.
      await utimes(join(entry, SEAL_FILE), now, now).catch(() => undefined);
      return join(entry, MODEL_FILE);
    } catch (thrown) {
      if (!isMissing(thrown)) return giveUp("read", thrown);
      if (!(await isThere(entry))) return null;
      // Between the two checks another process may have put a complete entry there.
      if (await isThere(join(entry, SEAL_FILE))) return find(key);
      await discard(key, `${SEAL_FILE} is missing`);
      return null;
    }
  };
  return {
    keeps: true,
    find,
    discard,
    fill: async (key, make) => {
      let draft: string | null = null;
      try {
        await mkdir(folder, { recursive: true });
        draft = await mkdtemp(join(folder, DRAFT));
        if (!(await make(draft))) return null;
        await writeFile(join(draft, SEAL_FILE), JSON.stringify(await seal(draft)));
        await rename(draft, join(folder, key)).catch((thrown: unknown) => {
          // Another process was first, and its entry is as good.
          if (!isTaken(thrown)) throw thrown;
        });
        await prune(folder, key).catch(() => undefined);
        return join(folder, key, MODEL_FILE);
      } catch (thrown) {
        return giveUp("written", thrown);
      } finally {
        if (draft !== null) await rm(draft, { recursive: true, force: true }).catch(() => undefined);
      }
    },
  };
};

const isTaken = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  "code" in thrown &&
  ["ENOTEMPTY", "EEXIST", "EPERM"].includes(String(thrown.code));

/** What is wrong with an entry's files; null if nothing is. */
const damageOf = async (entry: string, text: string): Promise<string | null> => {
  let sealed: unknown;
  try {
    sealed = JSON.parse(text);
  } catch {
    return `${SEAL_FILE} is no JSON`;
  }
  if (!Array.isArray(sealed) || !sealed.every(isSealed) || !sealed.some(({ name }) => name === MODEL_FILE))
    return `${SEAL_FILE} names no model`;
  for (const { name, size, digest } of sealed) {
    const path = join(entry, name);
    const found = await stat(path).catch(() => null);
    if (found === null) return `${name} is missing`;
    if (found.size !== size) return `${name} has ${found.size} bytes, expected ${size}`;
    if ((await digestOfFile(path)) !== digest) return `${name} has changed`;
  }
  return null;
};
