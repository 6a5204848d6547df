/** Checks the manifest's entries, each by its kind. */
import type { Engine } from "@tadsr/core";
import type { Architecture } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { autoencoderSubject } from "./autoencoder-entry.ts";
import { discriminatorSubject } from "./discriminator-entry.ts";
import { checkFiles } from "./files.ts";
import { type Folder, type ManifestFolder, RECORDED, stemOf, weightFiles } from "./folder.ts";
import { isObject, type JsonObject, numberOf, textOf } from "./json.ts";
import { type NamedSchedule, namedSchedule } from "./manifest.ts";
import { architectureOf, namedIn, predictingNetwork } from "./networks.ts";
import { pictureSubject } from "./picture-entry.ts";
import { absent, broken, noted, type Row } from "./row.ts";
import { checkSamplers } from "./samplers.ts";
import { scheduleOf } from "./schedules.ts";
import type { Subject } from "./subject.ts";
import { readTensorFile, type TensorFile } from "./tensor-file.ts";
import { checkTrainStep } from "./train-step.ts";
import { unetSubject } from "./unet-entry.ts";

/** Everything that the checks use. */
export interface Records {
  readonly folder: ManifestFolder;
  readonly manifest: JsonObject;
  readonly schedules: JsonObject;
}

const subjectOf = (
  architecture: Architecture,
  recordedCount: number | undefined,
  io: TensorFile | null,
): Subject => {
  switch (architecture.kind) {
    case "swin-unet":
    case "residual-unet":
    case "stack":
      return unetSubject(architecture.config, recordedCount, io);
    case "vq-autoencoder":
      return autoencoderSubject(architecture.config, recordedCount, io);
    case "discriminator":
      return discriminatorSubject(architecture.config, recordedCount, io);
    case "srvgg":
    case "rrdb":
      return pictureSubject(architecture.config, recordedCount, io);
  }
};

/** The tensors beside an entry, or a row that says they are absent. */
const recordsOf = async (folder: Folder, entry: string, name: string): Promise<E.Either<Row, TensorFile>> => {
  if (!folder.names.includes(name)) return E.left(absent(entry, name, `${name} is not there`));
  const read = await readTensorFile(folder, name)();
  return E.mapLeft((reason: string) => broken(entry, name, reason))(read);
};

/** A network's entry: runs all of its files on its record. */
const networkRows = async <T>(
  engine: Engine<T>,
  { folder }: Records,
  name: string,
  entry: JsonObject,
): Promise<readonly Row[]> => {
  const files = weightFiles(folder, name);
  const architecture = await architectureOf(folder, name, entry, files);
  if (E.isLeft(architecture)) {
    const reason = architecture.left;
    return [
      "absent" in reason
        ? absent(name, `${name}.pth`, reason.absent)
        : broken(name, "configuration", reason.broken),
    ];
  }
  const record = `${name}${RECORDED}`;
  const io = await recordsOf(folder, name, record);
  const missing = [
    ...(files.length === 0 ? [absent(name, `${name}.pth`, `${name}.pth is not there`)] : []),
    ...(E.isLeft(io) ? [io.left] : []),
  ];
  const subject = subjectOf(architecture.right, numberOf(entry, "params"), E.isLeft(io) ? null : io.right);
  return [...missing, ...(await checkFiles(engine, folder, name, files, subject))];
};

/** The schedule that the entry names; else the samplers'; else the one that fits its text; else the first. */
const scheduleFor = (
  { manifest, schedules }: Records,
  entry: JsonObject,
): E.Either<string, NamedSchedule> => {
  const own = textOf(entry, "schedule");
  if (own !== undefined) return namedSchedule(own, schedules);
  const others = Object.values(manifest).flatMap((other) =>
    isObject(other) && isSamplers(other) ? (textOf(other, "schedule") ?? []) : [],
  );
  const [first] = others;
  if (first !== undefined) return namedSchedule(first, schedules);
  const steps = Number(/(\d+)-step/.exec(textOf(entry, "t") ?? "")?.[1]);
  const all = Object.entries(schedules).flatMap(([name, record]): readonly NamedSchedule[] => {
    const schedule = scheduleOf(record);
    return E.isRight(schedule) ? [{ name, schedule: schedule.right }] : [];
  });
  const fitting = all.find(({ schedule }) => schedule.T === steps) ?? all[0];
  return fitting === undefined ? E.left("there is no schedule for it") : E.right(fitting);
};

const isSamplers = (entry: JsonObject): boolean => "net" in entry;
const isTrainStep = (entry: JsonObject): boolean => "teacher" in entry || "student" in entry;

/** What an entry of samplers or of a training step names: its own file and the schedule. */
const withSchedule = async (
  records: Records,
  name: string,
  entry: JsonObject,
  check: (file: TensorFile, named: NamedSchedule) => Promise<readonly Row[]>,
): Promise<readonly Row[]> => {
  const file = await recordsOf(records.folder, name, `${name}.safetensors`);
  if (E.isLeft(file)) return [file.left];
  const schedule = scheduleFor(records, entry);
  return E.isLeft(schedule) ? [broken(name, "schedule", schedule.left)] : check(file.right, schedule.right);
};

/** The student's and the discriminator's files: a training step names them, but they have no entry. */
const besideTrainStep = async <T>(
  engine: Engine<T>,
  records: Records,
  entry: JsonObject,
): Promise<readonly Row[]> => {
  const { manifest } = records;
  const rows: Row[] = [];
  const [student, teacher] = [textOf(entry, "student"), textOf(entry, "teacher")];
  if (student !== undefined && !isObject(manifest[stemOf(student)])) {
    const teachers = teacher === undefined ? undefined : manifest[stemOf(teacher)];
    const like = isObject(teachers) ? teachers : {};
    rows.push(...(await namedRows(engine, records, student, { ...like })));
  }
  const { discriminator } = entry;
  const file = isObject(discriminator) ? textOf(discriminator, "file") : textOf(entry, "discriminator");
  if (file !== undefined && !isObject(manifest[stemOf(file)])) {
    const config = isObject(discriminator) ? { config: discriminator } : {};
    rows.push(...(await namedRows(engine, records, file, config)));
  }
  return rows;
};

/** A file that an entry names, with the record beside it, if there is one. */
const namedRows = async <T>(
  engine: Engine<T>,
  records: Records,
  file: string,
  entry: JsonObject,
): Promise<readonly Row[]> => {
  const { folder } = records;
  const name = stemOf(file);
  const hasRecord = folder.names.includes(`${name}${RECORDED}`);
  const rows = await networkRows(engine, records, name, entry);
  // A student has no recorded calls: the training step runs it.
  return hasRecord ? rows : rows.filter(({ check }) => check !== `${name}${RECORDED}`);
};

export const entryRows = async <T>(
  engine: Engine<T>,
  records: Records,
  name: string,
): Promise<readonly Row[]> => {
  const { folder, manifest } = records;
  const value = manifest[name];
  if (!isObject(value))
    return [absent(name, "entry", "it is not a record of a network, samplers or training")];
  if (isSamplers(value))
    return withSchedule(records, name, value, async (file, { schedule }) => {
      const named = namedIn(value, "net");
      const network = E.isLeft(named) ? named : await predictingNetwork(folder, manifest, named.right, null);
      return checkSamplers(engine, name, file, schedule, network);
    });
  if (isTrainStep(value))
    return [
      ...(await besideTrainStep(engine, records, value)),
      ...(await withSchedule(records, name, value, (file, { schedule }) =>
        checkTrainStep(engine, folder, manifest, name, file, schedule),
      )),
    ];
  return networkRows(engine, records, name, value);
};

/** Networks whose records are beside the manifest although it does not name them. */
export const unlistedRows = async <T>(engine: Engine<T>, records: Records): Promise<readonly Row[]> => {
  const named = Object.values(records.manifest).flatMap((entry) => {
    if (!isObject(entry) || !isTrainStep(entry)) return [];
    const { student, discriminator } = entry;
    const file = isObject(discriminator) ? discriminator.file : discriminator;
    return [student, file].flatMap((text) => (typeof text === "string" ? [stemOf(text)] : []));
  });
  const rows: Row[] = [];
  for (const name of records.folder.unlisted.filter((other) => !named.includes(other)))
    for (const row of await networkRows(engine, records, name, {}))
      rows.push(noted(row, "not in the manifest"));
  return rows;
};
