/** An entry of a training step: Algorithm 1 run by the training's own code on the recorded draws. */
import type { Engine, Schedule } from "@tadsr/core";
import { inferArchitecture, isBuffer, tensorsOf } from "@tadsr/model";
import {
  ADAMW_DEFAULTS,
  type AdamWOptions,
  type AlgorithmSettings,
  type RecordedDraws,
  type RecordedStep,
  runAlgorithmOne,
} from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { firstLine } from "../failure.ts";
import { type Folder, inFolder } from "./folder.ts";
import { isObject, type JsonObject, numberOf, textOf } from "./json.ts";
import { learnedChecks, learnedRows } from "./learned.ts";
import {
  discriminatorConfigOf,
  namedIn,
  type Predicting,
  predictingNetwork,
  type Unusable,
  type Usable,
} from "./networks.ts";
import { NETWORK_TOLERANCE } from "./rounding.ts";
import { absent, broken, compared, forgiven, notRun, type Row } from "./row.ts";
import { imageOf, present, recordOf, type TensorFile } from "./tensor-file.ts";
import { scoreSize, trainStepRecords } from "./train-step-records.ts";
import { surveyWeights, weightsOf } from "./weights-file.ts";

type Judge = Parameters<typeof runAlgorithmOne>[1]["discriminator"];

/** Of the real-world training (FACTS section 4), where the manifest says nothing. */
const PUBLISHED = { lambda_hsd: 1, lambda_adv: 0.02, lr: 5e-5 } as const;

/** "AdamW betas 0.9/0.999 eps 1e-8 no decay": what it tells, the usual values for what it does not. */
export const adamwOf = (text: string | undefined): AdamWOptions => {
  const number = String.raw`\s*[=:]?\s*\(?\s*([0-9.]+(?:e[-+]?\d+)?)`;
  const read = (pattern: string, group = 1): number | undefined => {
    const found = new RegExp(pattern, "i").exec(text ?? "")?.[group];
    return found === undefined || Number.isNaN(Number(found)) ? undefined : Number(found);
  };
  const betas = `betas${number}[/,\\s]+([0-9.]+)`;
  return {
    beta1: read(betas) ?? ADAMW_DEFAULTS.beta1,
    beta2: read(betas, 2) ?? ADAMW_DEFAULTS.beta2,
    epsilon: read(`eps(?:ilon)?${number}`) ?? ADAMW_DEFAULTS.epsilon,
    weightDecay: read(`decay${number}`) ?? ADAMW_DEFAULTS.weightDecay,
  };
};

/** `discriminator` of the entry: its file and configuration; the latter is inferred where it is not there. */
const judgeOf = async (folder: Folder, manifest: JsonObject): Promise<Usable<Judge>> => {
  const record = manifest.discriminator;
  const file = isObject(record) ? textOf(record, "file") : textOf(manifest, "discriminator");
  if (file === undefined) return E.left({ absent: "the manifest names no discriminator for it" });
  if (!folder.names.includes(file)) return E.left({ absent: `${file} is not there` });
  const path = inFolder(folder, file);
  const survey = await surveyWeights(path)();
  if (E.isLeft(survey)) return E.left({ broken: survey.left });
  const inferred = inferArchitecture(survey.right.shapes, { file });
  if (E.isLeft(inferred)) return E.left({ broken: inferred.left.message });
  if (inferred.right.kind !== "discriminator")
    return E.left({ broken: `${file} is of a ${inferred.right.kind}, expected a discriminator` });
  const said = isObject(record) && "channels" in record ? discriminatorConfigOf(record) : null;
  if (said !== null && E.isLeft(said)) return said;
  const config = said?.right ?? inferred.right.config;
  const weights = await weightsOf(path, tensorsOf({ kind: config.kind, config, assumed: [] }))();
  return E.isLeft(weights)
    ? E.left({ broken: weights.left })
    : E.right({
        config,
        weights: Object.fromEntries(Object.entries(weights.right).filter(([name]) => !isBuffer(name))),
      });
};

const DRAWS = ["z0", "z_y", "lq", "eps", "t_d", "eps_d", "t_hsd", "eps_hsd"] as const;

const drawsOf = (file: TensorFile): Usable<RecordedDraws> => {
  // Where it is not recorded, the condition is z_y itself.
  const condition = file.has("lq") ? "lq" : "z_y";
  const found = present(
    file,
    DRAWS.filter((name) => name !== "lq" || condition === "lq"),
  );
  if (E.isLeft(found)) return E.left({ absent: found.left });
  const { z0, z_y, eps, t_d, eps_d, t_hsd, eps_hsd } = found.right;
  try {
    const batch = z0.shape[0] ?? 1;
    // 0-based indices; one for all, or one for each sample.
    const times = ({ data }: typeof t_d): readonly number[] =>
      Array.from({ length: batch }, (_, i) => (data[data.length === 1 ? 0 : i] ?? Number.NaN) + 1);
    return E.right({
      z_0: imageOf(z0),
      z_y: imageOf(z_y),
      condition: imageOf(found.right[condition]),
      noise: imageOf(eps),
      judgeNoise: imageOf(eps_d),
      judgeTime: times(t_d),
      scoreNoise: imageOf(eps_hsd),
      scoreTime: times(t_hsd),
    });
  } catch (thrown) {
    return E.left({ broken: firstLine(thrown) });
  }
};

const ALGORITHM = "Algorithm 1";
const LOSSES = ["D", "distill", "hsd", "sds", "G", "total"] as const;
/** A loss may be a mean of numbers that cancel; so much of their size is lost to rounding in the networks. */
const CANCELLING = NETWORK_TOLERANCE / 10;

/** What an engine without gradients has no part of. */
const WITHOUT_GRADIENTS = "has no gradients, which the discriminator's update needs first: take one of tfjs";

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

const settingsOf = (manifest: JsonObject): AlgorithmSettings => {
  const rate = numberOf(manifest, "lr") ?? PUBLISHED.lr;
  return {
    weights: {
      distillation: 1,
      score: numberOf(manifest, "lambda_hsd") ?? PUBLISHED.lambda_hsd,
      adversarial: numberOf(manifest, "lambda_adv") ?? PUBLISHED.lambda_adv,
    },
    reading: { inputScaling: "once" },
    rate,
    adversaryRate: rate,
    adamw: adamwOf(textOf(manifest, "optimizer")),
  };
};

/** Everything a step is made from. */
interface Given {
  readonly teacher: Predicting;
  readonly student: Predicting;
  readonly judge: Judge;
  readonly draws: RecordedDraws;
}

const givenOf = async (
  folder: Folder,
  all: JsonObject,
  manifest: JsonObject,
  file: TensorFile,
): Promise<Usable<Given>> => {
  const [ofTeacher, ofStudent] = [namedIn(manifest, "teacher"), namedIn(manifest, "student")];
  if (E.isLeft(ofTeacher)) return ofTeacher;
  if (E.isLeft(ofStudent)) return ofStudent;
  const draws = drawsOf(file);
  if (E.isLeft(draws)) return draws;
  const teacher = await predictingNetwork(folder, all, ofTeacher.right, null);
  if (E.isLeft(teacher)) return teacher;
  const student = await predictingNetwork(folder, all, ofStudent.right, ofTeacher.right);
  if (E.isLeft(student)) return student;
  const judge = await judgeOf(folder, manifest);
  if (E.isLeft(judge)) return judge;
  const given = { teacher: teacher.right, student: student.right, judge: judge.right, draws: draws.right };
  return E.right(given);
};

const runRows = async <T>(
  engine: Engine<T>,
  entry: string,
  file: TensorFile,
  schedule: Schedule,
  settings: AlgorithmSettings,
  { teacher, student, judge, draws }: Given,
): Promise<readonly Row[]> => {
  const result = await runAlgorithmOne(
    engine,
    { schedule, student, teacher, discriminator: judge },
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
          notRun(entry, check, `${engine.name} has no gradients: take one of tfjs`),
        )
      : [
          ...learnedRows(entry, file, {
            who: "D",
            before: judge.weights,
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
  folder: Folder,
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
  const given = await givenOf(folder, all, manifest, file);
  if (E.isLeft(given)) return [...records, without(given.left)];
  try {
    const rows = await runRows(engine, entry, file, schedule, settingsOf(manifest), given.right);
    return [...records, ...rows];
  } catch (thrown) {
    return [...records, broken(entry, ALGORITHM, firstLine(thrown))];
  }
};
