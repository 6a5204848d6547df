/**
 * One step of Algorithm 1 from recorded noises and times, for whoever wants to compare it number by number:
 * everything it computes on the way, on the host. It is the training loop's own step (`studentStep` and
 * `takeStep`), not a copy of it.
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
import { type AdversaryState, type Learner, type LearningState, type Turn, takeStep } from "./step.ts";
import { type AlgorithmWeights, type StepInputs, studentStep } from "./student-step.ts";
import type { PreparedStep } from "./task.ts";

export interface Contestant {
  readonly network: ConditionedNetwork;
  readonly weights: HostWeights;
}

export interface Contestants {
  readonly schedule: Schedule;
  readonly student: Contestant;
  readonly teacher: Contestant;
  /** `weights` has its u and v, too. Its strides are those of the teacher's encoder, whatever it says. */
  readonly discriminator: { readonly config: DiscriminatorConfig; readonly weights: HostWeights };
}

/** What was drawn: images [n, h, w, channels]; times 1..T, one for each sample. */
export interface RecordedDraws {
  readonly z_0: NdArray;
  readonly z_y: NdArray;
  readonly condition: NdArray;
  readonly noise: NdArray;
  readonly judgeNoise: NdArray;
  readonly judgeTime: readonly number[];
  readonly scoreNoise: NdArray;
  readonly scoreTime: readonly number[];
}

export interface AlgorithmSettings {
  readonly weights: AlgorithmWeights;
  readonly reading: Pick<Reading, "inputScaling">;
  readonly rate: number;
  readonly adversaryRate: number;
  readonly adamw?: AdamWOptions;
}

/** A network's gradients before its update and its weights after it, by PyTorch's names. */
export interface Learned {
  readonly gradients: HostWeights;
  readonly weights: HostWeights;
}

/** What needs gradients: null on a runtime that has none. */
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

/** With omega = 1: what is used as a gradient, and the scalar that has it. */
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
  /** Eq 5, the baseline that Eq 8 stands in place of. */
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
    judgeNoise: image(draws.judgeNoise),
    judgeTime: draws.judgeTime,
    scoreNoise: image(draws.scoreNoise),
    scoreTime: draws.scoreTime,
  };
};

/** The judge's objective at its present weights, not differentiated. */
const challenged = <T>(
  { duel }: PreparedStep<T>,
  weights: Tensors<T>,
  adversary: AdversaryState<T> | null,
): Objective<T> | undefined => {
  if (duel === null || adversary === null) return undefined;
  const judge = { weights: adversary.packing.unpack(adversary.weights), buffers: adversary.buffers };
  return duel.challenge(weights, judge).objective(judge.weights);
};

/** Throws what the engine throws, and where names or shapes do not fit. */
export const runAlgorithmOne = async <T>(
  engine: Engine<T>,
  { schedule, student, teacher, discriminator: judge }: Contestants,
  draws: RecordedDraws,
  { weights, reading, rate, adversaryRate, adamw = ADAMW_DEFAULTS }: AlgorithmSettings,
): Promise<RecordedStep> => {
  const { algebra } = engine;
  const ofStudent = student.network.parameters;
  const { strides } = teacher.network.encoder;
  const judgeNetwork = discriminator({ ...judge.config, strides });
  const { parameters: ofJudge, state: ofBuffers } = judgeNetwork;
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
        discriminator: judgeNetwork,
        weights,
        reading,
      },
      inputs,
    );
    const specs = {
      parameters: ofStudent,
      held: new Set<string>(),
      adversary: { parameters: ofJudge, buffers: ofBuffers },
    };
    const state = uploadState(engine, specs, freshState(student.weights, judge.weights));
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
        : takeStep(engine, prepared, state, { step: 1, rate, adversaryRate, adamw });
    // Without gradients nobody is updated; what does not need that is computed all the same.
    const judged = taken?.judged ?? challenged(prepared, ownWeights, state.adversary);
    const own = taken?.own ?? prepared.objective(null)(ownWeights);
    return { z_T, z_0_teacher, z_0_student, score, scoreSampling, taken, judged, own };
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
    judged: Turn<T>,
    updated: LearningState<T>,
    adversary: AdversaryState<T>,
  ): Promise<TrainedStep> => ({
    adversarial: await scalar(own.parts.adversarial),
    total: await scalar(own.loss),
    student: await learned(ofStudent, updated, own),
    discriminator: await learned(ofJudge, adversary, judged),
    buffers: await downloadWeights(engine, ofBuffers, adversary.buffers),
  });
  const { taken, judged, own } = computed;
  const result: RecordedStep = {
    z_T: await image(computed.z_T),
    z_0_student: await image(computed.z_0_student),
    z_0_teacher: await image(computed.z_0_teacher),
    discriminatorLoss: await scalar(judged?.loss),
    distillation: await scalar(own.parts.distillation),
    score: await distilled(computed.score),
    scoreSampling: await distilled(computed.scoreSampling),
    trained:
      taken === null || taken.judged === null || taken.state.adversary === null
        ? null
        : await trainedStep(taken.own, taken.judged, taken.state, taken.state.adversary),
  };
  const { score, scoreSampling } = computed;
  const turns = [own, ...(judged === undefined ? [] : [judged]), ...(taken === null ? [] : [taken.own])];
  const gradients = taken === null ? [] : [taken.own.gradients, taken.judged?.gradients ?? {}];
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
