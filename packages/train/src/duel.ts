/** The discriminator's part in a step of Algorithm 1: Eq 9 to 12 on the features of the frozen teacher. */
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
import type { Duel, Judge } from "./task.ts";

/** The teacher, frozen, whose encoder the discriminator reads. */
export interface FrozenTeacher<T> {
  readonly network: ConditionedNetwork;
  readonly weights: Tensors<T>;
}

/** What both latents are noised with, and what the encoder is told; images of the latents' shape. */
export interface DuelInputs<T> {
  readonly batch: number;
  readonly z_0: T;
  readonly z_y: T;
  readonly condition: T;
  /** epsilon_d. */
  readonly judgeNoise: T;
  /** t_d, 1..T. */
  readonly judgeTime: Times;
}

export interface StudentDuel<T> extends Duel<T> {
  /** Eq 11 for a student's latent, through a judge whose buffers are ready. */
  verdict(judge: Judge<T>, z_0_student: T): T;
}

/** `predict`: the student's z_0 with the given weights. */
export const studentDuel = <T>(
  engine: Engine<T>,
  discriminator: Discriminator,
  schedule: Schedule,
  teacher: FrozenTeacher<T>,
  inputs: DuelInputs<T>,
  predict: (weights: Tensors<T>) => T,
): StudentDuel<T> => {
  const { algebra } = engine;
  const { batch, z_0, z_y, condition, judgeNoise, judgeTime } = inputs;
  // The ablation's plain GAN is not told the time, and its losses are the cross entropy.
  const { timeAware } = discriminator.config;
  const judgesLoss = (timeAware ? discriminatorHingeLoss : plainDiscriminatorLoss)(algebra);
  const studentsLoss = (timeAware ? generatorHingeLoss : plainGeneratorLoss)(algebra);
  const read = featureReader(engine, teacher.network, teacher.weights, condition, batch);
  const featuresOf = (latent: T): readonly T[] =>
    noisedFeatures(algebra, schedule)(read, latent, z_y, judgeNoise, judgeTime);
  const index = perSample(judgeTime, (t) => indexAt(schedule, t));
  const time = engine.upload("matrix", discriminator.timeFeatures(index, batch));
  const iterate = discriminator.powerIteration(algebra);
  const logits = ({ weights, buffers }: Judge<T>, features: readonly T[]): readonly HeadLogits<T>[] =>
    discriminator.run(algebra)(weights, buffers, { features, time });
  return {
    challenge: (weights, judge) => {
      // Algorithm 1 has the student predict once. Here it predicts again when its own objective is
      // differentiated: with the same weights and inputs, so the same numbers, and no gradient tape has
      // to live through the discriminator's update.
      const real = engine.scope(() => featuresOf(z_0));
      const students = engine.scope(() => featuresOf(predict(weights)));
      // A power iteration before each of the two passes; neither has a gradient.
      const atReal = iterate(judge.weights, judge.buffers);
      const atStudents = iterate(judge.weights, atReal);
      return {
        buffers: atStudents,
        objective: (own) => ({
          loss: judgesLoss(
            logits({ weights: own, buffers: atStudents }, students),
            logits({ weights: own, buffers: atReal }, real),
          ),
          parts: {},
        }),
      };
    },
    follow: ({ weights, buffers }) => iterate(weights, buffers),
    verdict: (judge, z_0_student) => studentsLoss(logits(judge, featuresOf(z_0_student))),
  };
};
