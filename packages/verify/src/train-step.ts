/** An entry of a training step: runs Algorithm 1 by the training's own code on the recorded draws. */
import type { Engine, Schedule } from "@tadsr/core";
import { firstLine } from "@tadsr/model/file-reason";
import { type AlgorithmSettings, type RecordedStep, runAlgorithmOne } from "@tadsr/train/algorithm-one";
import * as E from "fp-ts/lib/Either.js";
import type { ManifestFolder } from "./folder.ts";
import { isObject, type JsonObject } from "./json.ts";
import { learnedChecks, learnedRows } from "./learned.ts";
import type { Unusable } from "./networks.ts";
import { NETWORK_TOLERANCE } from "./rounding.ts";
import { absent, broken, compared, forgiven, notRun, type Row } from "./row.ts";
import { recordOf, type TensorFile } from "./tensor-file.ts";
import { type StepGiven, settingsOf, stepGiven } from "./train-step-given.ts";
import { scoreSize, trainStepRecords } from "./train-step-records.ts";

const ALGORITHM = "Algorithm 1";
const LOSSES = ["D", "distill", "hsd", "sds", "G", "total"] as const;
/** A loss may be a mean of numbers that cancel. Rounding in the networks loses this much of their size. */
const CANCELLING = NETWORK_TOLERANCE / 10;

/** The message for an engine without gradients. */
const WITHOUT_GRADIENTS = "has no gradients, which the discriminator's update needs: take a tfjs engine";

const lossRows = (
  entry: string,
  file: TensorFile,
  result: RecordedStep,
  { weights }: AlgorithmSettings,
  engine: string,
): readonly Row[] => {
  const sizes = { hsd: scoreSize(file, "hsd"), sds: scoreSize(file, "sds"), G: 1, D: 0, distill: 0 };
  const slack = {
    ...sizes,
    total: weights.score * sizes.hsd + weights.adversarial * sizes.G,
  };
  const computed: Readonly<Record<(typeof LOSSES)[number], number | undefined>> = {
    D: result.discriminatorLoss,
    distill: result.distillation,
    hsd: result.score.loss,
    sds: result.scoreSampling.loss,
    G: result.trained?.adversarial,
    total: result.trained?.total,
  };
  return LOSSES.map((name) => {
    const check = `${ALGORITHM}: loss.${name}`;
    const recorded = file.get(`loss.${name}`);
    const value = computed[name];
    if (recorded === undefined) return absent(entry, check, `loss.${name} is not in the file`);
    if (value === undefined) return notRun(entry, check, `${engine} ${WITHOUT_GRADIENTS}`);
    const row = compared(entry, check, [value], recorded.data, NETWORK_TOLERANCE);
    return forgiven(row, value, recorded.data[0] ?? Number.NaN, CANCELLING * slack[name]);
  });
};

const imageRows = (entry: string, file: TensorFile, result: RecordedStep): readonly Row[] =>
  (
    [
      ["z_T", result.z_T],
      ["student.z0", result.z_0_student],
      ["teacher.z0", result.z_0_teacher],
      ["hsd.gradient", result.score.gradient],
      ["sds.gradient", result.scoreSampling.gradient],
    ] as const
  ).map(([name, computed]) => {
    const recorded = file.get(name);
    return recorded === undefined
      ? absent(entry, `${ALGORITHM}: ${name}`, `${name} is not in the file`)
      : compared(entry, `${ALGORITHM}: ${name}`, recordOf(computed).data, recorded.data, NETWORK_TOLERANCE);
  });

const runRows = async <T>(
  engine: Engine<T>,
  entry: string,
  file: TensorFile,
  schedule: Schedule,
  settings: AlgorithmSettings,
  { teacher, student, discriminator, draws }: StepGiven,
): Promise<readonly Row[]> => {
  const result = await runAlgorithmOne(
    engine,
    { schedule, student, teacher, discriminator },
    draws,
    settings,
  );
  const { trained } = result;
  const { rate } = settings;
  return [
    ...imageRows(entry, file, result),
    ...lossRows(entry, file, result, settings, engine.name),
    ...(trained === null
      ? [...learnedChecks("D"), ...learnedChecks("student")].map((check) =>
          notRun(entry, check, `${engine.name} has no gradients: take a tfjs engine`),
        )
      : [
          ...learnedRows(entry, file, {
            who: "D",
            before: discriminator.weights,
            learned: trained.discriminator,
            rate,
          }),
          ...learnedRows(entry, file, {
            who: "student",
            before: student.weights,
            learned: trained.student,
            rate,
          }),
        ]),
  ];
};

export const checkTrainStep = async <T>(
  engine: Engine<T>,
  folder: ManifestFolder,
  all: JsonObject,
  entry: string,
  file: TensorFile,
  schedule: Schedule,
): Promise<readonly Row[]> => {
  const own = all[entry];
  const manifest = isObject(own) ? own : {};
  const records = trainStepRecords(entry, file, schedule, manifest);
  const without = (reason: Unusable): Row =>
    "absent" in reason ? absent(entry, ALGORITHM, reason.absent) : broken(entry, ALGORITHM, reason.broken);
  const given = await stepGiven(folder, all, manifest, file);
  if (E.isLeft(given)) return [...records, without(given.left)];
  try {
    const rows = await runRows(engine, entry, file, schedule, settingsOf(manifest), given.right);
    return [...records, ...rows];
  } catch (thrown) {
    return [...records, broken(entry, ALGORITHM, firstLine(thrown))];
  }
};
