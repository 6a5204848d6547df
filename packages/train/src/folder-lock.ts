/** Allows one training at a time in a folder. A second one would overwrite the first one's log and checkpoint. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileReason } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { TrainError } from "./errors.ts";

/** A file with the number of the process that trains in the folder. A killed process leaves it behind. */
export const LOCK = "training.lock";

/** Whether another process with this number runs on this machine. */
const runsElsewhere = (pid: number): boolean => {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    // It runs, but belongs to another user.
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
};

/** Does the work while the folder, which exists, belongs to this process. */
export const alone =
  <A>(folder: string, work: TaskEither<TrainError, A>): TaskEither<TrainError, A> =>
  async () => {
    const file = join(folder, LOCK);
    const holder = Number(await readFile(file, "utf8").catch(() => ""));
    if (runsElsewhere(holder)) {
      const message = `${folder}: process ${holder} trains in this folder; stop it, or choose another folder (if that process is no training, remove ${LOCK})`;
      return E.left({ _tag: "FolderInUse", folder, message });
    }
    try {
      await writeFile(file, String(process.pid));
    } catch (thrown) {
      return E.left({ _tag: "Checkpoint", file, message: `${file}: cannot write: ${fileReason(thrown)}` });
    }
    try {
      return await work();
    } finally {
      await rm(file, { force: true });
    }
  };
