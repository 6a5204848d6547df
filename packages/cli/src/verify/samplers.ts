/**
 * `samplers.safetensors`: what its recorded states determine without the network that made them.
 *
 * From two consecutive states of the trajectory the prediction between them could be solved for, but
 * putting it back into the same step would prove nothing. What is a check: the start of sampling; the
 * first step, because the prediction at z_T is recorded by itself (one_step.z0); the last state.
 */
import { deterministicStep, referenceAlgebra, type Schedule, startOfSampling } from "@tadsr/core";
import { checkTensors, FLOAT32_TOLERANCE } from "./check-tensors.ts";
import { absent, notYet, type Row } from "./row.ts";
import { sample, type TensorFile } from "./tensor-file.ts";

const entry = "samplers";

/** What needs the network at every step: the check's name and the tensor it is about. */
const later = (T: number): readonly (readonly [string, string])[] => [
  [`deterministic (Eq 3), steps 2 to ${T}`, "deterministic.trajectory"],
  ["stochastic (Eq 2)", "stochastic.z0"],
  ["one_step", "one_step.z0"],
  ["inverse", "inverse.z_T"],
];

export const checkSamplers = (file: TensorFile, schedule: Schedule, network: string): readonly Row[] => {
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
        sample(tensors["deterministic.trajectory"], 0).data,
      ],
    ),
    check(
      `deterministic.z0 = state after ${T} steps`,
      ["deterministic.z0", "deterministic.trajectory"],
      0,
      (tensors) => [
        sample(tensors["deterministic.trajectory"], T - 1).data,
        tensors["deterministic.z0"].data,
      ],
    ),
    ...later(T).map(([name, tensor]) =>
      file.has(tensor)
        ? notYet(entry, name, `needs the predictions of ${network}`)
        : absent(entry, name, `${tensor} is not in the file`),
    ),
  ];
};
