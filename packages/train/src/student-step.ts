/**
 * A step of Algorithm 1 for a student, from latents, noise and times that are drawn already. Its objective is Eq 13,
 * made of Eq 6 against the teacher's deterministic sample, Eq 8 (HSD) and Eq 11 through the discriminator. The
 * discriminator's own objective is Eq 12.
 */
import {
  deterministicSampler,
  distillationLoss,
  type Engine,
  highFrequencyScoreDistillation,
  type Objective,
  predictClean,
  type Reading,
  runSampler,
  type Schedule,
  startOfSampling,
  studentObjective,
  type Tensors,
  type Times,
} from "@tadsr/core";
import { type ConditionedNetwork, type Discriminator, predictor } from "@tadsr/model";
import { type DiscriminatorInputs, type FrozenTeacher, openDiscriminatorSide } from "./discriminator-side.ts";
import { type Term, weightedSum } from "./objective-terms.ts";
import type { DiscriminatorTensors, PreparedStep } from "./task.ts";

/** The weights of Eq 13, with one for its first loss too. */
export interface AlgorithmWeights {
  /** Weight of Eq 6; 1 in the paper. */
  readonly distillation: number;
  /** lambda_1 of Eq 13, on Eq 8 with omega = 1 averaged over the latent. */
  readonly score: number;
  /** lambda_2 of Eq 13, on Eq 11; 0 trains no discriminator. */
  readonly adversarial: number;
}

export interface AlgorithmOptions<T> {
  readonly schedule: Schedule;
  readonly network: ConditionedNetwork;
  /** null if none of the paper's losses has a weight. Then none of them is computed. */
  readonly teacher: FrozenTeacher<T> | null;
  /** null if the adversarial loss has no weight. */
  readonly discriminator: Discriminator | null;
  readonly weights: AlgorithmWeights;
  readonly reading: Pick<Reading, "inputScaling">;
}

/** What is drawn for a step. Images have the latents' shape; times are 1..T. */
export interface StepInputs<T> extends DiscriminatorInputs<T> {
  /** epsilon of z_T. */
  readonly noise: T;
  readonly scoreNoise: T;
  /** t' of Eq 8. */
  readonly scoreTime: Times;
}

export interface StudentStep<T> extends PreparedStep<T> {
  readonly z_T: T;
  /** The teacher's end; z_0 if no loss needs it. */
  readonly z_0_teacher: T;
  /** The student's end, with the given weights. */
  predict(weights: Tensors<T>): T;
}

/** `beside` gives further terms for the student's end, which are not the paper's. */
export const studentStep = <T>(
  engine: Engine<T>,
  options: AlgorithmOptions<T>,
  inputs: StepInputs<T>,
  beside: (z_0_student: T) => readonly Term<T>[] = () => [],
): StudentStep<T> => {
  const { algebra } = engine;
  const { schedule, network, teacher, discriminator, weights: weight, reading } = options;
  const { batch, z_0, z_y, condition, scoreNoise, scoreTime } = inputs;
  const teach = teacher && predictor(engine, teacher.network, teacher.weights, condition, batch);
  const z_T = startOfSampling(algebra, schedule)(z_y, inputs.noise);
  // The teacher's end is computed only if a loss needs it.
  const z_0_teacher =
    teach !== null && (weight.distillation > 0 || weight.score > 0)
      ? engine.scope(() => runSampler(deterministicSampler(algebra, schedule)(teach, z_T, z_y)))
      : z_0;
  const predict = (weights: Tensors<T>): T =>
    predictClean(algebra, schedule)(predictor(engine, network, weights, condition, batch), z_T, schedule.T);
  const discriminatorSide =
    discriminator === null || teacher === null
      ? null
      : openDiscriminatorSide(engine, discriminator, schedule, teacher, inputs, predict);

  const paperObjective = (z_0_student: T, tensors: DiscriminatorTensors<T> | null): Objective<T> => {
    // Replaces a loss without a weight, which is not computed.
    const nothing = algebra.scale(algebra.mean(z_0_student), 0);
    const distillation =
      weight.distillation === 0 ? nothing : distillationLoss(algebra)(z_0_student, z_0_teacher);
    const distil = highFrequencyScoreDistillation(algebra, schedule, reading.inputScaling);
    const scoreDistillation =
      weight.score === 0 || teach === null
        ? nothing
        : distil(teach, z_0_student, z_0_teacher, z_y, scoreNoise, scoreTime).loss;
    const adversarial =
      discriminatorSide === null || tensors === null
        ? {}
        : { adversarial: discriminatorSide.adversarialLoss(tensors, z_0_student) };
    const { loss } = studentObjective(algebra, { lambda_1: weight.score, lambda_2: weight.adversarial })({
      distillation: algebra.scale(distillation, weight.distillation),
      scoreDistillation,
      ...adversarial,
    });
    return {
      loss,
      parts: {
        ...(weight.distillation === 0 ? {} : { distillation }),
        ...(weight.score === 0 ? {} : { score: scoreDistillation }),
        ...adversarial,
      },
    };
  };

  return {
    z_T,
    z_0_teacher,
    predict,
    discriminatorSide,
    objective: (tensors) => (weights) => {
      const z_0_student = predict(weights);
      const others = beside(z_0_student).filter(({ weight }) => weight !== 0);
      if (Object.values(weight).every((lambda) => lambda === 0)) return weightedSum(algebra, others);
      const paper = paperObjective(z_0_student, tensors);
      if (others.length === 0) return paper;
      const extra = weightedSum(algebra, others);
      return { loss: algebra.add(paper.loss, extra.loss), parts: { ...paper.parts, ...extra.parts } };
    },
  };
};
