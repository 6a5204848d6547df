/** What matters of the machine: Node, processor, memory, and the cache's folder. */
import { randomUUID } from "node:crypto";
import { lstat, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { physicalCores } from "../onnx/processor.ts";
import { usableMemory } from "../usable-memory.ts";

/** The oldest version of Node that works, as in package.json. */
export const OLDEST_NODE = "20.19.0";

export interface ExaminedCache {
  /** null: nothing is kept, because TADSR_CACHE is empty. */
  readonly folder: string | null;
  readonly bytes: number;
  /** Why it cannot be written, and what to do; null if it can. */
  readonly problem: string | null;
}

export interface ExaminedMachine {
  readonly node: string;
  /** Why this Node does not do, and what to do; null if it does. */
  readonly nodeProblem: string | null;
  /** The system and the processor's architecture, such as linux-x64. */
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  /** In bytes. */
  readonly memory: { readonly total: number; readonly usable: number };
  readonly cache: ExaminedCache;
}

const numbersOf = (version: string): readonly number[] => version.split(".").map(Number);

export const nodeProblem = (version: string, oldest: string = OLDEST_NODE): string | null => {
  const [found, needed] = [numbersOf(version), numbersOf(oldest)];
  const differing = needed.findIndex((number, i) => found[i] !== number);
  return differing === -1 || (found[differing] ?? 0) > (needed[differing] ?? 0)
    ? null
    : `Node ${version} is too old: install ${oldest} or later`;
};

/** What cannot be read counts as nothing. */
const bytesUnder = async (path: string): Promise<number> => {
  const names = await readdir(path).catch(() => null);
  if (names === null) return (await lstat(path).catch(() => null))?.size ?? 0;
  let sum = 0;
  for (const name of names) {
    const entry = join(path, name);
    const found = await lstat(entry).catch(() => null);
    sum += found?.isDirectory() === true ? await bytesUnder(entry) : (found?.size ?? 0);
  }
  return sum;
};

/** Writes a file into the folder to see whether it can be written, and removes it. */
export const examineCache = async (folder: string | null): Promise<ExaminedCache> => {
  if (folder === null) return { folder, bytes: 0, problem: null };
  const draft = join(folder, `.draft-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(draft, "x");
    await rm(draft);
    return { folder, bytes: await bytesUnder(folder), problem: null };
  } catch (thrown) {
    const reason = thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
    const problem = `it cannot be written (${reason}): allow writing, or name another folder in TADSR_CACHE`;
    return { folder, bytes: await bytesUnder(folder), problem };
  }
};

export const examineMachine = async (cache: string | null): Promise<ExaminedMachine> => ({
  node: process.versions.node,
  nodeProblem: nodeProblem(process.versions.node),
  platform: `${process.platform}-${process.arch}`,
  processor: (cpus()[0]?.model ?? "unknown").trim(),
  cores: physicalCores(),
  memory: { total: totalmem(), usable: usableMemory() },
  cache: await examineCache(cache),
});
