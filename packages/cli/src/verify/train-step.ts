/** `train_step.safetensors`: what one step of Algorithm 1 recorded, where no network is needed. */
import {
  distillationLoss,
  referenceAlgebra,
  type Schedule,
  scoreSurrogate,
  startOfSampling,
  studentObjective,
} from "@tadsr/core";
import { checkTensors, FLOAT32_TOLERANCE, REDUCTION_TOLERANCE } from "./check-tensors.ts";
import { isObject, type JsonObject, numberOf } from "./json.ts";
import { absent, notYet, type Row } from "./row.ts";
import type { TensorFile } from "./tensor-file.ts";

const entry = "train_step";

/** The manifest repeats the losses: they must be the file's. */
const manifestLosses = (file: TensorFile, manifest: JsonObject): readonly Row[] => {
  const check = checkTensors(entry, file);
  const losses = manifest.losses;
  if (!isObject(losses)) return [];
  return Object.keys(losses).map((name) =>
    check(`manifest's ${name} = loss.${name}`, [`loss.${name}`], FLOAT32_TOLERANCE, (tensors) => [
      [numberOf(losses, name) ?? Number.NaN],
      tensors[`loss.${name}`]?.data ?? [],
    ]),
  );
};

const objectiveRow = (file: TensorFile, manifest: JsonObject): Row => {
  const check = "loss.total (Eq 13)";
  const lambda_1 = numberOf(manifest, "lambda_hsd");
  const lambda_2 = numberOf(manifest, "lambda_adv");
  if (lambda_1 === undefined || lambda_2 === undefined) {
    return absent(entry, check, "the manifest gives no lambda_hsd or lambda_adv");
  }
  const compare = checkTensors(entry, file);
  const names = ["loss.distill", "loss.hsd", "loss.G", "loss.total"] as const;
  return compare(check, names, REDUCTION_TOLERANCE, (tensors) => [
    studentObjective(referenceAlgebra, { lambda_1, lambda_2 })({
      distillation: tensors["loss.distill"],
      scoreDistillation: tensors["loss.hsd"],
      adversarial: tensors["loss.G"],
    }).loss.data,
    tensors["loss.total"].data,
  ]);
};

export const checkTrainStep = (
  file: TensorFile,
  schedule: Schedule,
  manifest: JsonObject,
): readonly Row[] => {
  const check = checkTensors(entry, file);
  const start = startOfSampling(referenceAlgebra, schedule);
  const distillation = distillationLoss(referenceAlgebra);
  const surrogate = scoreSurrogate(referenceAlgebra);
  return [
    check("z_T = z_y + kappa sqrt(eta_T) eps", ["z_y", "eps", "z_T"], FLOAT32_TOLERANCE, (tensors) => [
      start(tensors.z_y, tensors.eps).data,
      tensors.z_T.data,
    ]),
    check(
      "loss.distill (Eq 6)",
      ["student.z0", "teacher.z0", "loss.distill"],
      REDUCTION_TOLERANCE,
      (tensors) => [
        distillation(tensors["student.z0"], tensors["teacher.z0"]).data,
        tensors["loss.distill"].data,
      ],
    ),
    check(
      "hsd.gradient = its closed form (Eq 7, 8)",
      ["hsd.gradient", "hsd.gradient_closed_form"],
      REDUCTION_TOLERANCE,
      (tensors) => [tensors["hsd.gradient_closed_form"].data, tensors["hsd.gradient"].data],
    ),
    ...(["hsd", "sds"] as const).map((name) =>
      check(
        `loss.${name} = mean(${name}.gradient z_0)`,
        [`${name}.gradient`, "student.z0", `loss.${name}`],
        REDUCTION_TOLERANCE,
        (tensors) => [
          surrogate(tensors[`${name}.gradient`], tensors["student.z0"]).data,
          tensors[`loss.${name}`].data,
        ],
      ),
    ),
    objectiveRow(file, manifest),
    ...manifestLosses(file, manifest),
    notYet(entry, "student, teacher, discriminator", "needs the paper's networks and their .pth weights"),
    notYet(entry, "gradients and AdamW's step", "needs the paper's networks and their .pth weights"),
  ];
};
