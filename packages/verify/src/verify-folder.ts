/** A manifest, the files beside it, and a row for each check. */
import type { Engine } from "@tadsr/core";
import type { ByteFile } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { entryRows, type Records, unlistedRows } from "./entries.ts";
import { type Folder, withEntries } from "./folder.ts";
import type { JsonObject } from "./json.ts";
import { readManifest, readSchedules, type VerifyError } from "./manifest.ts";
import { broken, type Row } from "./row.ts";
import { checkSchedule } from "./schedules.ts";

export interface VerifyOptions {
  /** Called with the name of each of the manifest's entries before its checks, and how many are done. */
  readonly onProgress?: (entry: string, done: number, total: number) => void;
}

/** An unexpected exception becomes a mismatch of its entry; the other entries still run. */
const guarded = async (name: string, rows: Promise<readonly Row[]>): Promise<readonly Row[]> => {
  try {
    return await rows;
  } catch (thrown) {
    return [broken(name, "entry", firstLine(thrown))];
  }
};

/**
 * Computes on `engine` what is recorded in the manifest's folder, and compares. A row for every check: first the
 * schedules beside the manifest, then the manifest's entries in their order, then records of networks that it does not
 * name. They run one after another, so that only one network is in memory.
 *
 * Only a manifest that cannot be read is an error. Everything else that is missing, broken or different is a row.
 */
export const verifyFolder = <T>(
  beside: Folder,
  file: ByteFile,
  engine: Engine<T>,
  { onProgress }: VerifyOptions = {},
): TE.TaskEither<VerifyError, readonly Row[]> => {
  const check =
    (manifest: JsonObject): TE.TaskEither<VerifyError, readonly Row[]> =>
    async () => {
      const names = Object.keys(manifest);
      const folder = withEntries(beside, names);
      const read = await readSchedules(folder);
      const schedules = read !== null && E.isRight(read) ? read.right : {};
      const records: Records = { folder, manifest, schedules };
      const rows: Row[] =
        read !== null && E.isLeft(read) ? [broken("schedules", "schedules.json", read.left)] : [];
      for (const [name, record] of Object.entries(schedules)) rows.push(...checkSchedule(name, record));
      for (const [i, name] of names.entries()) {
        onProgress?.(name, i, names.length);
        rows.push(...(await guarded(name, entryRows(engine, records, name))));
      }
      rows.push(...(await guarded("beside", unlistedRows(engine, records))));
      return E.right(rows);
    };
  return TE.chain(check)(readManifest(file));
};
