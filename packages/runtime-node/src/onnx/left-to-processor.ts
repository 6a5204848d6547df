/**
 * The nodes of a graph that a graphics card's provider leaves to the processor. ONNX Runtime tells it in the profile of
 * a run, and nowhere else where a program can read it.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstLine } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type { InferenceSession } from "onnxruntime-node";
import type { Tell } from "./model-cache.ts";

const PROCESSOR = "CPUExecutionProvider";

export interface LeftNodes {
  /** The number of nodes that ran. */
  readonly nodes: number;
  /** The operators of those that the processor ran, each with their number, most frequent first. */
  readonly left: readonly (readonly [operator: string, nodes: number])[];
}

/** From a profile's events: one for each node that ran, among others. */
export const leftNodes = (events: unknown): LeftNodes => {
  const counts = new Map<string, number>();
  let nodes = 0;
  for (const event of Array.isArray(events) ? events : []) {
    const about: unknown = Reflect.get(Object(event), "args");
    const provider: unknown = Reflect.get(Object(about), "provider");
    if (typeof provider !== "string") continue;
    nodes += 1;
    const operator = String(Reflect.get(Object(about), "op_name"));
    if (provider === PROCESSOR) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  }
  return { nodes, left: [...counts].sort(([, a], [, b]) => b - a) };
};

/** One line; null if the processor has nothing to do. */
export const leftLine = (runtime: string, { nodes, left }: LeftNodes): string | null => {
  const sum = left.reduce((total, [, count]) => total + count, 0);
  const list = left.map(([operator, count]) => `${count} ${operator}`).join(", ");
  return sum === 0 ? null : `${runtime} leaves ${sum} of ${nodes} nodes to the processor: ${list}`;
};

export interface Profiled {
  readonly options: InferenceSession.SessionOptions;
  /** Reads the profile of all runs until now, ends it, and removes its folder. Called once. */
  readonly read: (session: Pick<InferenceSession, "endProfiling">) => Promise<LeftNodes>;
  /** Removes the folder, if there is no session. */
  readonly remove: () => Promise<void>;
}

/** Options with which a session writes a profile into a folder of its own. Left if the folder cannot be made. */
export const profiled = async (): Promise<E.Either<unknown, Profiled>> => {
  let folder: string;
  try {
    folder = await mkdtemp(join(tmpdir(), "tadsr-profile-"));
  } catch (thrown) {
    return E.left(thrown);
  }
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  return E.right({
    options: { enableProfiling: true, profileFilePrefix: join(folder, "run") },
    remove,
    read: async (session) => {
      try {
        session.endProfiling();
        const [file = ""] = await readdir(folder);
        return leftNodes(JSON.parse(await readFile(join(folder, file), "utf8")));
      } finally {
        await remove();
      }
    },
  });
};

/** Tells once what is left to the processor: of the first graph of which something is. */
export const leftTeller = (runtime: string, tell: Tell) => {
  let isTold = false;
  return {
    isDone: () => isTold,
    tell: async (read: () => Promise<LeftNodes>): Promise<void> => {
      try {
        const line = leftLine(runtime, await read());
        if (line === null || isTold) return;
        isTold = true;
        tell(line);
      } catch (thrown) {
        if (isTold) return;
        isTold = true;
        tell(`${runtime} does not tell which nodes it leaves to the processor (${firstLine(thrown)})`);
      }
    },
  };
};

export type LeftTeller = ReturnType<typeof leftTeller>;
