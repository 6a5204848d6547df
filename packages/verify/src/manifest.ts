/** Reads the manifest, and the schedules beside it. */
import type { Schedule } from "@tadsr/core";
import { type ByteFile, readWhole } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { Folder } from "./folder.ts";
import { isObject, type JsonObject } from "./json.ts";
import { scheduleOf } from "./schedules.ts";

const SCHEDULES = "schedules.json";

const parseObject = (bytes: Uint8Array): E.Either<string, JsonObject> => {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
    return isObject(value) ? E.right(value) : E.left("it is not a JSON object");
  } catch (thrown) {
    return E.left(`it is not JSON (${firstLine(thrown)})`);
  }
};

/** Why there is nothing to verify. The message is one line: the manifest's path or address, what is wrong, and what to do. */
export type VerifyError =
  | { readonly _tag: "ManifestUnreadable"; readonly path: string; readonly message: string }
  | { readonly _tag: "NotAManifest"; readonly path: string; readonly message: string };

const unreadable = (path: string, reason: string): VerifyError => ({
  _tag: "ManifestUnreadable",
  path,
  message: `manifest ${path}: ${reason}; check the path`,
});

const notAManifest = (path: string, reason: string): VerifyError => ({
  _tag: "NotAManifest",
  path,
  message: `manifest ${path}: ${reason}; give the manifest.json of a folder of reference numbers`,
});

export const readManifest =
  (file: ByteFile): TE.TaskEither<VerifyError, JsonObject> =>
  async () => {
    const bytes = await readWhole(file)();
    return E.isLeft(bytes)
      ? E.left(unreadable(file.name, bytes.left.reason))
      : E.mapLeft((reason: string) => notAManifest(file.name, reason))(parseObject(bytes.right));
  };

/** `schedules.json` beside the manifest; null if there is none. */
export const readSchedules = async (folder: Folder): Promise<E.Either<string, JsonObject> | null> => {
  if (!folder.names.includes(SCHEDULES)) return null;
  const bytes = await readWhole(folder.file(SCHEDULES))();
  return E.isLeft(bytes) ? E.left(bytes.left.reason) : parseObject(bytes.right);
};

/** A schedule, and the name by which it was found. */
export interface NamedSchedule {
  readonly name: string;
  readonly schedule: Schedule;
}

/** By the name's first word, so that "realsr_s15 config" finds realsr_s15. */
export const namedSchedule = (named: string, schedules: JsonObject): E.Either<string, NamedSchedule> => {
  const name = named.trim().split(/\s+/)[0] ?? "";
  const record = schedules[name];
  return record === undefined
    ? E.left(`schedules.json has no ${name}`)
    : E.bimap(
        (reason: string) => `schedule ${name}: ${reason}`,
        (schedule: Schedule): NamedSchedule => ({ name, schedule }),
      )(scheduleOf(record));
};
