/** A part of a model that can be exported to a file. */
import { indexAt, predictClean, type Schedule, type Tensors } from "@tadsr/core";
import { type ExportPlan, type Given, given, type Term, termAlgebra } from "@tadsr/engine-onnx";
import type { ConditionedNetwork, Size } from "@tadsr/model";

/**
 * A whole step from picture to picture is `step` in the small family and `chain` in the paper's models. The other parts
 * are single networks.
 */
export type PartName = "step" | "network" | "encoder" | "decoder" | "chain";

/** A part with its weights; its size is still open. */
export interface Part {
  readonly name: PartName;
  /** Sides of the LR picture are multiples of this. */
  readonly alignment: number;
  readonly plan: (size: Size) => ExportPlan;
  /** A sentence for each input and output: shape, meaning, range. */
  readonly values: Readonly<Record<string, string>>;
  /** How the part is used. */
  readonly use: string;
}

/** An input of the file. Only its shape counts: [1, height, width, channels] of an image. */
export const input = (kind: "image" | "matrix", ...shape: readonly number[]): Given =>
  given(kind, { shape, data: new Float32Array() }, "data");

/** z_0 in one step from z_T: the network at time T, which is built in. */
export const predictAtEnd = (
  network: ConditionedNetwork,
  schedule: Schedule,
  weights: Tensors<Term>,
  condition: Term,
  z_T: Term,
): Term =>
  predictClean(termAlgebra, schedule)(
    (scaled, index) =>
      network.run(termAlgebra)(weights, {
        input: scaled,
        condition,
        time: given("matrix", network.timeFeatures(index, 1), "constant"),
      }),
    z_T,
    schedule.T,
  );

/** The network by itself, at the model's one time or at any time. */
export const networkPlan = (
  network: ConditionedNetwork,
  schedule: Schedule,
  weights: Tensors<Term>,
  shapes: { readonly input: readonly number[]; readonly condition: readonly number[] },
  isTimeOpen: boolean,
): ExportPlan => {
  const [latent, condition] = [input("image", ...shapes.input), input("image", ...shapes.condition)];
  const atEnd = network.timeFeatures(indexAt(schedule, schedule.T), 1);
  const time = isTimeOpen ? input("matrix", ...atEnd.shape) : given("matrix", atEnd, "constant");
  const z_0 = network.run(termAlgebra)(weights, { input: latent, condition, time });
  return {
    inputs: [
      { name: "input", term: latent },
      { name: "condition", term: condition },
      ...(isTimeOpen ? [{ name: "time", term: time }] : []),
    ],
    filtered: [],
    outputs: [{ name: "z_0", term: z_0 }],
  };
};

/** The description of the network's scaled input. */
export const scaledInput = (schedule: Schedule): string => {
  const of = (t: number): string =>
    `t = ${t}: 1 / sqrt(${schedule.kappa}^2 * ${schedule.eta[t]} + 1), index ${indexAt(schedule, t)}`;
  const times = Array.from({ length: schedule.T }, (_, i) => of(i + 1));
  return `z_t / sqrt(kappa^2 eta_t + 1), of which the factors are: ${times.join("; ")}`;
};

/** The description of a network's time. */
export const timeFeatures = (channels: number): string =>
  `[1, ${channels}]: cos(i w_k) for k = 0..${channels / 2 - 1}, then sin(i w_k), ` +
  `w_k = 10000^(-k / ${channels / 2}), i the index of the time`;
