/** Reads the manifest, and the schedules beside it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Schedule } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, fileReason, firstLine, usageFailure } from "../failure.ts";
import { isObject, type JsonObject } from "./json.ts";
import { scheduleOf } from "./schedules.ts";

const parseObject = (text: string): E.Either<string, JsonObject> => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? E.right(value) : E.left("it is not a JSON object");
  } catch (thrown) {
    return E.left(`it is not JSON (${firstLine(thrown)})`);
  }
};

/** Without a manifest there is nothing to verify, so a missing or broken one is a usage error. */
export const readManifest =
  (path: string, shown: string): TE.TaskEither<Failure, JsonObject> =>
  async () => {
    try {
      const remedy = "give the manifest.json of a folder of reference numbers";
      const parsed = parseObject(await readFile(path, "utf8"));
      return E.mapLeft((reason: string) => usageFailure(`manifest ${shown}: ${reason}; ${remedy}`))(parsed);
    } catch (thrown) {
      return E.left(usageFailure(`manifest ${shown}: ${fileReason(thrown)}; check the path`));
    }
  };

/** `schedules.json` beside the manifest; null if there is none. */
export const readSchedules = async (folder: string): Promise<E.Either<string, JsonObject> | null> => {
  try {
    return parseObject(await readFile(join(folder, "schedules.json"), "utf8"));
  } catch (thrown) {
    const isAbsent = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
    return isAbsent ? null : E.left(fileReason(thrown));
  }
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
