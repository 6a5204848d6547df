/** The inputs of a training step: the networks that it names, its random draws and its settings. */
import { inferArchitecture, tensorsOf } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import {
  ADAMW_DEFAULTS,
  type AdamWOptions,
  type AlgorithmNetworks,
  type AlgorithmSettings,
  type RecordedDraws,
} from "@tadsr/train/algorithm-one";
import * as E from "fp-ts/lib/Either.js";
import type { Folder, ManifestFolder } from "./folder.ts";
import { isObject, type JsonObject, numberOf, textOf } from "./json.ts";
import {
  discriminatorConfigOf,
  namedIn,
  type Predicting,
  predictingNetwork,
  type Usable,
} from "./networks.ts";
import { imageOf, present, type TensorFile } from "./tensor-file.ts";
import { surveyWeights, weightsOf } from "./weights-file.ts";

type GivenDiscriminator = AlgorithmNetworks["discriminator"];

/** The values of the real-world training (the paper, section IV-A), for what the manifest does not say. */
const PUBLISHED = { lambda_hsd: 1, lambda_adv: 0.02, lr: 5e-5 } as const;

/** Reads a text such as "AdamW betas 0.9/0.999 eps 1e-8 no decay". What it does not say has the usual value. */
const adamwOf = (text: string | undefined): AdamWOptions => {
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

/** `discriminator` of the entry: its file and its configuration, which is inferred if the entry has none. */
const discriminatorOf = async (folder: Folder, manifest: JsonObject): Promise<Usable<GivenDiscriminator>> => {
  const record = manifest.discriminator;
  const file = isObject(record) ? textOf(record, "file") : textOf(manifest, "discriminator");
  if (file === undefined) return E.left({ absent: "the manifest names no discriminator for it" });
  if (!folder.names.includes(file)) return E.left({ absent: `${file} is not there` });
  const survey = await surveyWeights(folder, file)();
  if (E.isLeft(survey)) return E.left({ broken: survey.left });
  const inferred = inferArchitecture(survey.right.shapes, { file });
  if (E.isLeft(inferred)) return E.left({ broken: inferred.left.message });
  if (inferred.right.kind !== "discriminator")
    return E.left({ broken: `${file} is a ${inferred.right.kind}, expected a discriminator` });
  const said = isObject(record) && "channels" in record ? discriminatorConfigOf(record) : null;
  if (said !== null && E.isLeft(said)) return said;
  const config = said?.right ?? inferred.right.config;
  const weights = await weightsOf(folder, file, tensorsOf({ kind: config.kind, config, assumed: [] }))();
  return E.isLeft(weights) ? E.left({ broken: weights.left }) : E.right({ config, weights: weights.right });
};

const DRAWS = ["z0", "z_y", "lq", "eps", "t_d", "eps_d", "t_hsd", "eps_hsd"] as const;

const drawsOf = (file: TensorFile): Usable<RecordedDraws> => {
  // If it is not recorded, the condition is z_y itself.
  const condition = file.has("lq") ? "lq" : "z_y";
  const found = present(
    file,
    DRAWS.filter((name) => name !== "lq" || condition === "lq"),
  );
  if (E.isLeft(found)) return E.left({ absent: found.left });
  const { z0, z_y, eps, t_d, eps_d, t_hsd, eps_hsd } = found.right;
  try {
    const batch = z0.shape[0] ?? 1;
    // 0-based indices: one for all samples, or one for each.
    const times = ({ data }: typeof t_d): readonly number[] =>
      Array.from({ length: batch }, (_, i) => (data[data.length === 1 ? 0 : i] ?? Number.NaN) + 1);
    return E.right({
      z_0: imageOf(z0),
      z_y: imageOf(z_y),
      condition: imageOf(found.right[condition]),
      noise: imageOf(eps),
      discriminatorNoise: imageOf(eps_d),
      discriminatorTime: times(t_d),
      scoreNoise: imageOf(eps_hsd),
      scoreTime: times(t_hsd),
    });
  } catch (thrown) {
    return E.left({ broken: firstLine(thrown) });
  }
};

export const settingsOf = (manifest: JsonObject): AlgorithmSettings => {
  const rate = numberOf(manifest, "lr") ?? PUBLISHED.lr;
  return {
    weights: {
      distillation: 1,
      score: numberOf(manifest, "lambda_hsd") ?? PUBLISHED.lambda_hsd,
      adversarial: numberOf(manifest, "lambda_adv") ?? PUBLISHED.lambda_adv,
    },
    reading: { inputScaling: "once" },
    rate,
    discriminatorRate: rate,
    adamw: adamwOf(textOf(manifest, "optimizer")),
  };
};

/** All inputs of a step. */
export interface StepGiven {
  readonly teacher: Predicting;
  readonly student: Predicting;
  readonly discriminator: GivenDiscriminator;
  readonly draws: RecordedDraws;
}

export const stepGiven = async (
  folder: ManifestFolder,
  all: JsonObject,
  manifest: JsonObject,
  file: TensorFile,
): Promise<Usable<StepGiven>> => {
  const [ofTeacher, ofStudent] = [namedIn(manifest, "teacher"), namedIn(manifest, "student")];
  if (E.isLeft(ofTeacher)) return ofTeacher;
  if (E.isLeft(ofStudent)) return ofStudent;
  const draws = drawsOf(file);
  if (E.isLeft(draws)) return draws;
  const teacher = await predictingNetwork(folder, all, ofTeacher.right, null);
  if (E.isLeft(teacher)) return teacher;
  const student = await predictingNetwork(folder, all, ofStudent.right, ofTeacher.right);
  if (E.isLeft(student)) return student;
  const discriminator = await discriminatorOf(folder, manifest);
  if (E.isLeft(discriminator)) return discriminator;
  const given = {
    teacher: teacher.right,
    student: student.right,
    discriminator: discriminator.right,
    draws: draws.right,
  };
  return E.right(given);
};
