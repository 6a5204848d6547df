/** The discriminator's side of a step of Algorithm 1: Eq 9 to 12 on the features of the frozen teacher. */
import {
  discriminatorHingeLoss,
  type Engine,
  generatorHingeLoss,
  type HeadLogits,
  indexAt,
  noisedFeatures,
  perSample,
  plainDiscriminatorLoss,
  plainGeneratorLoss,
  type Schedule,
  type Tensors,
  type Times,
} from "@tadsr/core";
import { type ConditionedNetwork, type Discriminator, featureReader } from "@tadsr/model";
import type { DiscriminatorSide, DiscriminatorTensors } from "./task.ts";

/** The frozen teacher, whose encoder the discriminator reads. */
export interface FrozenTeacher<T> {
  readonly network: ConditionedNetwork;
  readonly weights: Tensors<T>;
}

/** The noise for both latents, and the other inputs of the encoder. Images have the latents' shape. */
export interface DiscriminatorInputs<T> {
  readonly batch: number;
  readonly z_0: T;
  readonly z_y: T;
  readonly condition: T;
  /** epsilon_d. */
  readonly discriminatorNoise: T;
  /** t_d, 1..T. */
  readonly discriminatorTime: Times;
}

export interface StudentDiscriminatorSide<T> extends DiscriminatorSide<T> {
  /** Eq 11 for a student's latent. The discriminator's buffers must be ready for the pass (`iterate`). */
  adversarialLoss(discriminator: DiscriminatorTensors<T>, z_0_student: T): T;
}

/** `predict`: the student's z_0 with the given weights. */
export const openDiscriminatorSide = <T>(
  engine: Engine<T>,
  discriminator: Discriminator,
  schedule: Schedule,
  teacher: FrozenTeacher<T>,
  inputs: DiscriminatorInputs<T>,
  predict: (weights: Tensors<T>) => T,
): StudentDiscriminatorSide<T> => {
  const { algebra } = engine;
  const { batch, z_0, z_y, condition, discriminatorNoise, discriminatorTime } = inputs;
  // The discriminator of the ablation's plain GAN does not get the time, and its losses are the cross entropy.
  const { timeAware } = discriminator.config;
  const discriminatorsLoss = (timeAware ? discriminatorHingeLoss : plainDiscriminatorLoss)(algebra);
  const studentsLoss = (timeAware ? generatorHingeLoss : plainGeneratorLoss)(algebra);
  const read = featureReader(engine, teacher.network, teacher.weights, condition, batch);
  const featuresOf = (latent: T): readonly T[] =>
    noisedFeatures(algebra, schedule)(read, latent, z_y, discriminatorNoise, discriminatorTime);
  const index = perSample(discriminatorTime, (t) => indexAt(schedule, t));
  const time = engine.upload("matrix", discriminator.timeFeatures(index, batch));
  const iterate = discriminator.powerIteration(algebra);
  const logits = (
    { weights, buffers }: DiscriminatorTensors<T>,
    features: readonly T[],
  ): readonly HeadLogits<T>[] => discriminator.run(algebra)(weights, buffers, { features, time });
  return {
    objectiveAgainst: (weights, tensors) => {
      // In Algorithm 1 the student predicts once. Here it predicts again when its own objective is differentiated. The
      // weights and inputs are the same, so the numbers are the same, and no gradient tape has to be kept during the
      // discriminator's update.
      const real = engine.scope(() => featuresOf(z_0));
      const students = engine.scope(() => featuresOf(predict(weights)));
      // A power iteration before each of the two passes. Neither passes a gradient.
      const atReal = iterate(tensors.weights, tensors.buffers);
      const atStudents = iterate(tensors.weights, atReal);
      return {
        buffers: atStudents,
        objective: (own) => ({
          loss: discriminatorsLoss(
            logits({ weights: own, buffers: atStudents }, students),
            logits({ weights: own, buffers: atReal }, real),
          ),
          parts: {},
        }),
      };
    },
    iterate: ({ weights, buffers }) => iterate(weights, buffers),
    adversarialLoss: (tensors, z_0_student) => studentsLoss(logits(tensors, featuresOf(z_0_student))),
  };
};
