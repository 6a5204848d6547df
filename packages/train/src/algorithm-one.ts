/**
 * One step of Algorithm 1 from recorded noises and times, for anyone who wants to compare it number by number. It
 * returns everything that it computes, on the host. It is the training loop's own step (`studentStep` and `takeStep`),
 * not a copy of it.
 */
import {
  type Engine,
  highFrequencyScoreDistillation,
  type NdArray,
  type Objective,
  type Reading,
  type Schedule,
  type ScoreDistillation,
  scoreDistillationSampling,
  type Tensors,
} from "@tadsr/core";
import {
  type ConditionedNetwork,
  type DiscriminatorConfig,
  discriminator,
  type HostWeights,
  type ParameterSpec,
  predictor,
  uploadWeights,
} from "@tadsr/model";
import { ADAMW_DEFAULTS, type AdamWOptions } from "./adamw.ts";
import { downloadPacked, downloadWeights, freshState, tensorsOf, uploadState } from "./state.ts";
import { type DiscriminatorState, type Learner, type LearningState, type Turn, takeStep } from "./step.ts";
import { type AlgorithmWeights, type StepInputs, studentStep } from "./student-step.ts";
import type { PreparedStep } from "./task.ts";

export { ADAMW_DEFAULTS, type AdamWOptions };

export interface AlgorithmNetwork {
  readonly network: ConditionedNetwork;
  readonly weights: HostWeights;
}

export interface AlgorithmNetworks {
  readonly schedule: Schedule;
  readonly student: AlgorithmNetwork;
  readonly teacher: AlgorithmNetwork;
  /**
   * `weights` includes u and v. The strides are always those of the teacher's encoder; those in `config` are ignored.
   */
  readonly discriminator: { readonly config: DiscriminatorConfig; readonly weights: HostWeights };
}

/** The recorded draws: images [n, h, w, channels]; times 1..T, one for each sample. */
export interface RecordedDraws {
  readonly z_0: NdArray;
  readonly z_y: NdArray;
  readonly condition: NdArray;
  readonly noise: NdArray;
  readonly discriminatorNoise: NdArray;
  readonly discriminatorTime: readonly number[];
  readonly scoreNoise: NdArray;
  readonly scoreTime: readonly number[];
}

export interface AlgorithmSettings {
  readonly weights: AlgorithmWeights;
  readonly reading: Pick<Reading, "inputScaling">;
  readonly rate: number;
  readonly discriminatorRate: number;
  readonly adamw?: AdamWOptions;
}

/** A network's gradients before its update and its weights after it, by PyTorch's names. */
export interface Learned {
  readonly gradients: HostWeights;
  readonly weights: HostWeights;
}

/** The results that need gradients; null on a runtime without gradients. */
export interface TrainedStep {
  /** Eq 11 through the updated discriminator. */
  readonly adversarial: number;
  /** Eq 13. */
  readonly total: number;
  readonly student: Learned;
  readonly discriminator: Learned;
  /** The discriminator's u and v at the end of the step. */
  readonly buffers: HostWeights;
}

/** With omega = 1: the gradient, and the scalar whose gradient it is. */
export interface RecordedScore {
  readonly loss: number;
  readonly gradient: NdArray;
}

export interface RecordedStep {
  readonly z_T: NdArray;
  readonly z_0_student: NdArray;
  readonly z_0_teacher: NdArray;
  /** Eq 12, before the discriminator's update. */
  readonly discriminatorLoss: number;
  /** Eq 6. */
  readonly distillation: number;
  /** Eq 8. */
  readonly score: RecordedScore;
  /** Eq 5, the baseline that Eq 8 replaces. */
  readonly scoreSampling: RecordedScore;
  readonly trained: TrainedStep | null;
}

/** Uploads the draws; the caller releases them. */
const uploadDraws = <T>(engine: Engine<T>, draws: RecordedDraws): StepInputs<T> => {
  const image = (array: NdArray): T => engine.upload("image", array);
  return {
    batch: draws.z_0.shape[0] ?? 1,
    z_0: image(draws.z_0),
    z_y: image(draws.z_y),
    condition: image(draws.condition),
    noise: image(draws.noise),
    discriminatorNoise: image(draws.discriminatorNoise),
    discriminatorTime: draws.discriminatorTime,
    scoreNoise: image(draws.scoreNoise),
    scoreTime: draws.scoreTime,
  };
};

/** The discriminator's objective at its present weights, without gradients. */
const discriminatorsObjective = <T>(
  { discriminatorSide }: PreparedStep<T>,
  weights: Tensors<T>,
  state: DiscriminatorState<T> | null,
): Objective<T> | undefined => {
  if (discriminatorSide === null || state === null) return undefined;
  const tensors = { weights: state.packing.unpack(state.weights), buffers: state.buffers };
  return discriminatorSide.objectiveAgainst(weights, tensors).objective(tensors.weights);
};

/** Throws what the engine throws, and if names or shapes do not fit. */
export const runAlgorithmOne = async <T>(
  engine: Engine<T>,
  { schedule, student, teacher, discriminator: given }: AlgorithmNetworks,
  draws: RecordedDraws,
  { weights, reading, rate, discriminatorRate, adamw = ADAMW_DEFAULTS }: AlgorithmSettings,
): Promise<RecordedStep> => {
  const { algebra } = engine;
  const ofStudent = student.network.parameters;
  const { strides } = teacher.network.encoder;
  const discriminatorNetwork = discriminator({ ...given.config, strides });
  const { parameters: ofDiscriminator, state: ofBuffers } = discriminatorNetwork;
  const computed = engine.scope(() => {
    const inputs = uploadDraws(engine, draws);
    const frozen = {
      network: teacher.network,
      weights: uploadWeights(engine, teacher.network.parameters, teacher.weights),
    };
    const prepared = studentStep(
      engine,
      {
        schedule,
        network: student.network,
        teacher: frozen,
        discriminator: discriminatorNetwork,
        weights,
        reading,
      },
      inputs,
    );
    const specs = {
      parameters: ofStudent,
      held: new Set<string>(),
      discriminator: { parameters: ofDiscriminator, buffers: ofBuffers },
    };
    const state = uploadState(engine, specs, freshState(student.weights, given.weights));
    const ownWeights = state.packing.unpack(state.weights);
    const { z_T, z_0_teacher } = prepared;
    const { batch, z_y, condition, scoreNoise, scoreTime } = inputs;
    const teach = predictor(engine, frozen.network, frozen.weights, condition, batch);
    const z_0_student = engine.scope(() => prepared.predict(ownWeights));
    const { inputScaling } = reading;
    const score: ScoreDistillation<T> = engine.scope(() =>
      highFrequencyScoreDistillation(algebra, schedule, inputScaling)(
        teach,
        z_0_student,
        z_0_teacher,
        z_y,
        scoreNoise,
        scoreTime,
      ),
    );
    const scoreSampling: ScoreDistillation<T> = engine.scope(() =>
      scoreDistillationSampling(algebra, schedule, inputScaling)(
        teach,
        z_0_student,
        z_y,
        scoreNoise,
        scoreTime,
      ),
    );
    const taken =
      engine.differentiate === null
        ? null
        : takeStep(engine, prepared, state, { step: 1, rate, discriminatorRate, adamw });
    // Without gradients no network is updated, but everything that does not need them is computed.
    const discriminatorTurn =
      taken?.discriminatorTurn ?? discriminatorsObjective(prepared, ownWeights, state.discriminator);
    const own = taken?.own ?? prepared.objective(null)(ownWeights);
    return { z_T, z_0_teacher, z_0_student, score, scoreSampling, taken, discriminatorTurn, own };
  });
  const scalar = async (tensor: T | undefined): Promise<number> =>
    tensor === undefined ? Number.NaN : ((await engine.download("scalar", tensor)).data[0] ?? Number.NaN);
  const image = (tensor: T): Promise<NdArray> => engine.download("image", tensor);
  const learned = async (
    specs: readonly ParameterSpec[],
    learner: Learner<T>,
    { gradients }: Turn<T>,
  ): Promise<Learned> => ({
    gradients: await downloadPacked(engine, specs, learner, gradients),
    weights: await downloadPacked(engine, specs, learner, learner.weights),
  });
  const distilled = async ({ loss, gradient }: ScoreDistillation<T>): Promise<RecordedScore> => ({
    loss: await scalar(loss),
    gradient: await image(gradient),
  });
  const trainedStep = async (
    own: Turn<T>,
    discriminatorTurn: Turn<T>,
    updated: LearningState<T>,
    trained: DiscriminatorState<T>,
  ): Promise<TrainedStep> => ({
    adversarial: await scalar(own.parts.adversarial),
    total: await scalar(own.loss),
    student: await learned(ofStudent, updated, own),
    discriminator: await learned(ofDiscriminator, trained, discriminatorTurn),
    buffers: await downloadWeights(engine, ofBuffers, trained.buffers),
  });
  const { taken, discriminatorTurn, own } = computed;
  const result: RecordedStep = {
    z_T: await image(computed.z_T),
    z_0_student: await image(computed.z_0_student),
    z_0_teacher: await image(computed.z_0_teacher),
    discriminatorLoss: await scalar(discriminatorTurn?.loss),
    distillation: await scalar(own.parts.distillation),
    score: await distilled(computed.score),
    scoreSampling: await distilled(computed.scoreSampling),
    trained:
      taken === null || taken.discriminatorTurn === null || taken.state.discriminator === null
        ? null
        : await trainedStep(taken.own, taken.discriminatorTurn, taken.state, taken.state.discriminator),
  };
  const { score, scoreSampling } = computed;
  const turns = [
    own,
    ...(discriminatorTurn === undefined ? [] : [discriminatorTurn]),
    ...(taken === null ? [] : [taken.own]),
  ];
  const gradients = taken === null ? [] : [taken.own.gradients, taken.discriminatorTurn?.gradients ?? {}];
  engine.release(
    new Set([
      ...[computed.z_T, computed.z_0_student, computed.z_0_teacher],
      ...[score.loss, score.gradient, scoreSampling.loss, scoreSampling.gradient],
      ...turns.flatMap(({ loss, parts }) => [loss, ...Object.values(parts)]),
      ...gradients.flatMap((tensors) => Object.values(tensors)),
      ...(taken === null ? [] : tensorsOf({ ...taken.state, step: 1, average: {} })),
    ]),
  );
  return result;
};
