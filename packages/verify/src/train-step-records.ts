/** Checks of the record of a step of Algorithm 1 that need no network. */
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
import { NETWORK_TOLERANCE } from "./rounding.ts";
import { absent, forgiven, type Row } from "./row.ts";
import type { TensorFile } from "./tensor-file.ts";

const EPSILON = 1e-6;

const scalarIn = (file: TensorFile, name: string): number => file.get(name)?.data[0] ?? Number.NaN;

/** The mean size of the numbers whose mean is a score's loss. The loss itself may be much smaller. */
export const scoreSize = (file: TensorFile, name: "hsd" | "sds"): number => {
  const [gradient, z_0] = [file.get(`${name}.gradient`)?.data, file.get("student.z0")?.data];
  if (gradient === undefined || z_0 === undefined) return 0;
  return gradient.reduce((sum, value, i) => sum + Math.abs(value * (z_0[i] ?? 0)), 0) / gradient.length;
};

/** The manifest repeats the losses. They must equal the file's. */
const manifestLosses = (entry: string, file: TensorFile, manifest: JsonObject): readonly Row[] => {
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

const objectiveRow = (entry: string, file: TensorFile, manifest: JsonObject): Row => {
  const check = "loss.total (Eq 13)";
  const lambda_1 = numberOf(manifest, "lambda_hsd");
  const lambda_2 = numberOf(manifest, "lambda_adv");
  if (lambda_1 === undefined || lambda_2 === undefined) {
    return absent(entry, check, "the manifest gives no lambda_hsd or lambda_adv");
  }
  const compare = checkTensors(entry, file);
  const names = ["loss.distill", "loss.hsd", "loss.G", "loss.total"] as const;
  const [distillation, score, adversarial, total] = names.map((name) => scalarIn(file, name)) as [
    number,
    number,
    number,
    number,
  ];
  const [ofScore, ofJudge] = [lambda_1 * score, lambda_2 * adversarial];
  const slack = EPSILON * (Math.abs(distillation) + Math.abs(ofScore) + Math.abs(ofJudge));
  const row = compare(check, names, REDUCTION_TOLERANCE, (tensors) => [
    studentObjective(referenceAlgebra, { lambda_1, lambda_2 })({
      distillation: tensors["loss.distill"],
      scoreDistillation: tensors["loss.hsd"],
      adversarial: tensors["loss.G"],
    }).loss.data,
    tensors["loss.total"].data,
  ]);
  return forgiven(row, distillation + ofScore + ofJudge, total, slack);
};

export const trainStepRecords = (
  entry: string,
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
      // Eq 7 divides a small difference of similar numbers by a small number, in float32.
      NETWORK_TOLERANCE,
      (tensors) => [tensors["hsd.gradient_closed_form"].data, tensors["hsd.gradient"].data],
    ),
    ...(["hsd", "sds"] as const).map((name) => {
      const names = [`${name}.gradient`, "student.z0", `loss.${name}`] as const;
      let computed = Number.NaN;
      const row = check(
        `loss.${name} = mean(${name}.gradient z_0)`,
        names,
        REDUCTION_TOLERANCE,
        (tensors) => {
          const { data } = surrogate(tensors[`${name}.gradient`], tensors["student.z0"]);
          computed = data[0] ?? Number.NaN;
          return [data, tensors[`loss.${name}`].data];
        },
      );
      return forgiven(row, computed, scalarIn(file, `loss.${name}`), EPSILON * scoreSize(file, name));
    }),
    objectiveRow(entry, file, manifest),
    ...manifestLosses(entry, file, manifest),
  ];
};
