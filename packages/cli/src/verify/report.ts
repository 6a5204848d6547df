/** The whole of `tadsr verify`: a manifest, the files beside it, and a row for each check. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Schedule } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, fileReason, firstLine, usageFailure } from "../failure.ts";
import { isObject, type JsonObject, textOf } from "./json.ts";
import { broken, notYet, type Row } from "./row.ts";
import { checkSamplers } from "./samplers.ts";
import { checkSchedule, scheduleOf } from "./schedules.ts";
import { readTensorFile, type TensorFile } from "./tensor-file.ts";
import { checkTrainStep } from "./train-step.ts";

const parseObject = (text: string): E.Either<string, JsonObject> => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? E.right(value) : E.left("it holds no JSON object");
  } catch (thrown) {
    return E.left(`it is not JSON (${firstLine(thrown)})`);
  }
};

/** A missing or broken manifest leaves nothing to verify: it is the caller's mistake. */
const readManifest =
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

/** `schedules.json` beside the manifest; null where there is none. */
const readSchedules = async (folder: string): Promise<E.Either<string, JsonObject> | null> => {
  try {
    return parseObject(await readFile(join(folder, "schedules.json"), "utf8"));
  } catch (thrown) {
    const isAbsent = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
    return isAbsent ? null : E.left(fileReason(thrown));
  }
};

/** The schedule an entry names: by its first word, so that "realsr_s15 config" is realsr_s15. */
const namedSchedule = (named: string | undefined, schedules: JsonObject): E.Either<string, Schedule> => {
  if (named === undefined) return E.left("the manifest names no schedule for it");
  const name = named.trim().split(/\s+/)[0] ?? "";
  const record = schedules[name];
  return record === undefined
    ? E.left(`schedules.json has no ${name}`)
    : E.mapLeft((reason: string) => `schedule ${name}: ${reason}`)(scheduleOf(record));
};

/** The rows of an entry with a tensor file and a schedule. */
const checkFile = async (
  folder: string,
  entry: string,
  schedule: E.Either<string, Schedule>,
  check: (file: TensorFile, schedule: Schedule) => readonly Row[],
): Promise<readonly Row[]> => {
  if (E.isLeft(schedule)) return [broken(entry, "schedule", schedule.left)];
  const name = `${entry}.safetensors`;
  const file = await readTensorFile(join(folder, name))();
  return E.isLeft(file) ? [broken(entry, name, file.left)] : check(file.right, schedule.right);
};

const checkEntry = async (
  folder: string,
  name: string,
  manifest: JsonObject,
  schedules: JsonObject,
): Promise<readonly Row[]> => {
  const value = manifest[name];
  const entry = isObject(value) ? value : {};
  const samplers = isObject(manifest.samplers) ? manifest.samplers : {};
  const ownSchedule = textOf(entry, "schedule");
  switch (name) {
    case "samplers":
      return checkFile(folder, name, namedSchedule(ownSchedule, schedules), (file, schedule) =>
        checkSamplers(file, schedule, textOf(entry, "net") ?? "the network"),
      );
    case "train_step":
      // Its schedule is the samplers' where it names none.
      return checkFile(
        folder,
        name,
        namedSchedule(ownSchedule ?? textOf(samplers, "schedule"), schedules),
        (file, schedule) => checkTrainStep(file, schedule, entry),
      );
    default:
      return [notYet(name, `${name}.io.safetensors`, "needs the paper's networks and their .pth weights")];
  }
};

/** Every row: the schedules beside the manifest first, then the manifest's entries in its order. */
export const verifyManifest = (path: string, shown: string): TE.TaskEither<Failure, readonly Row[]> => {
  const folder = dirname(path);
  const check =
    (manifest: JsonObject): TE.TaskEither<Failure, readonly Row[]> =>
    async () => {
      const read = await readSchedules(folder);
      const schedules = read !== null && E.isRight(read) ? read.right : {};
      const problem =
        read !== null && E.isLeft(read) ? [broken("schedules", "schedules.json", read.left)] : [];
      const ofSchedules = Object.entries(schedules).flatMap(([name, record]) => checkSchedule(name, record));
      const names = Object.keys(manifest);
      const ofEntries = await Promise.all(names.map((name) => checkEntry(folder, name, manifest, schedules)));
      return E.right([...problem, ...ofSchedules, ...ofEntries.flat()]);
    };
  return TE.chain(check)(readManifest(path, shown));
};
