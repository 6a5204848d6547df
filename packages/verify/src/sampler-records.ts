/** Checks of the samplers' record that need no network. */
import { deterministicStep, referenceAlgebra, type Schedule, startOfSampling } from "@tadsr/core";
import { checkTensors, FLOAT32_TOLERANCE } from "./check-tensors.ts";
import type { Row } from "./row.ts";
import { stateAt, type TensorFile } from "./tensor-file.ts";

/**
 * The start of sampling; the first step, because the prediction at z_T is recorded separately (one_step.z0); and the
 * last state.
 */
export const samplerRecords = (entry: string, file: TensorFile, schedule: Schedule): readonly Row[] => {
  const { T } = schedule;
  const check = checkTensors(entry, file);
  const start = startOfSampling(referenceAlgebra, schedule);
  const step = deterministicStep(referenceAlgebra, schedule);
  return [
    check("z_T = z_y + kappa sqrt(eta_T) noise", ["z_y", "noise", "z_T"], FLOAT32_TOLERANCE, (tensors) => [
      start(tensors.z_y, tensors.noise).data,
      tensors.z_T.data,
    ]),
    check(
      "first step by Eq 3, from one_step.z0",
      ["z_T", "z_y", "one_step.z0", "deterministic.trajectory"],
      FLOAT32_TOLERANCE,
      (tensors) => [
        step(tensors.z_T, tensors["one_step.z0"], tensors.z_y, T).data,
        stateAt(tensors["deterministic.trajectory"], 0, tensors.z_T.shape).data,
      ],
    ),
    check(
      `deterministic.z0 = state after ${T} steps`,
      ["deterministic.z0", "deterministic.trajectory"],
      0,
      (tensors) => [
        stateAt(tensors["deterministic.trajectory"], T - 1, tensors["deterministic.z0"].shape).data,
        tensors["deterministic.z0"].data,
      ],
    ),
  ];
};
