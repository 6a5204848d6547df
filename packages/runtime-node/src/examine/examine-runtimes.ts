/** Which runtimes can be used on this machine, and how fast each is. */
import { firstLine } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type { RuntimeEntries, RuntimeEntry } from "../runtime-entry.ts";
import { type Examined, failed } from "./examined.ts";
import { type MeasureOptions, measureEngine } from "./measure.ts";

/** Opens a runtime in this process, measures it, and closes it. Never rejects. */
export const examineRuntime = async (
  name: string,
  { make, devices }: RuntimeEntry,
  options: MeasureOptions = {},
): Promise<Examined> => {
  const notes: string[] = [];
  const listed = devices?._tag === "Listed" ? await devices.list().catch(() => []) : undefined;
  const opened = await make({ tell: (line) => notes.push(line) }).open();
  if (E.isLeft(opened)) {
    const { missing, remedy } = opened.left;
    return { name, status: "missing", missing, remedy };
  }
  const engine = opened.right;
  try {
    const figure = await measureEngine(engine, options);
    return { name, status: "ready", ...figure, ...(listed === undefined ? {} : { devices: listed }), notes };
  } catch (thrown) {
    return failed(name, `it opened, and then failed (${firstLine(thrown)})`);
  } finally {
    await engine.close().catch(() => undefined);
  }
};

export interface ExamineOptions extends MeasureOptions {
  /**
   * Examines one runtime, such as `examineApart` does in a process of its own. By default it is done in this process,
   * where a crash of native code ends everything.
   */
  readonly examine?: (name: string, entry: RuntimeEntry) => Promise<Examined>;
  /** Called before each runtime. */
  readonly onProgress?: (name: string, done: number, total: number) => void;
}

/** One after another, since two at once would share the processor. The order is that of the entries. */
export const examineRuntimes = async <Name extends string>(
  entries: RuntimeEntries<Name>,
  { examine, onProgress, ...measuring }: ExamineOptions = {},
): Promise<readonly Examined[]> => {
  const all = Object.entries<RuntimeEntry>(entries);
  const found: Examined[] = [];
  for (const [name, entry] of all) {
    onProgress?.(name, found.length, all.length);
    found.push(await (examine?.(name, entry) ?? examineRuntime(name, entry, measuring)));
  }
  return found;
};
