/** The timed steps, as in training, but with draws that are on the device already, so that only computing is timed. */
import {
  denoisingLoss,
  type Engine,
  forwardProcess,
  type NdArray,
  predictClean,
  type Schedule,
  type Tensors,
} from "@tadsr/core";
import { type ConditionedNetwork, conditionOf, predictor, uploadWeights } from "@tadsr/model";
import { type OpenTask, studentStep } from "@tadsr/train";
import { type Draw, type RecordedStart, SCORE_WEIGHT, type TaskName } from "./record.ts";

/** What a step needs: the engine, the network, and the draws by name. */
interface Setting<T> {
  readonly engine: Engine<T>;
  readonly network: ConditionedNetwork;
  readonly schedule: Schedule;
  readonly start: RecordedStart;
  /** A draw on the device. */
  readonly image: (name: Draw) => T;
  readonly times: (name: Draw) => readonly number[];
}

const drawn = ({ draws }: RecordedStart, name: Draw): NdArray => {
  const found = draws[name];
  if (found === undefined) throw new Error(`the start has no ${name}`);
  return found;
};

type Prepare<T> = OpenTask<T>["prepare"];

const teachersStep = <T>({ engine, network, schedule, image, times }: Setting<T>): Prepare<T> => {
  const { algebra } = engine;
  const [z_0, z_y, noise, t] = [image("z_0"), image("z_y"), image("noise"), times("time")];
  return () => {
    const z_t = forwardProcess(algebra, schedule)(z_0, z_y, noise, t);
    return {
      discriminatorSide: null,
      objective: () => (weights: Tensors<T>) => {
        const predict = predictor(engine, network, weights, z_y, t.length);
        const z_0_predicted = predictClean(algebra, schedule)(predict, z_t, t);
        return { loss: denoisingLoss(algebra, schedule)(z_0_predicted, z_0, t), parts: {} };
      },
    };
  };
};

const READING = { inputScaling: "once" } as const;

const studentsStep = <T>({ engine, network, schedule, start, image, times }: Setting<T>): Prepare<T> => {
  const teacher = { network, weights: uploadWeights(engine, network.parameters, start.teacher) };
  const [z_0, z_y, noise, scoreNoise] = [image("z_0"), image("z_y"), image("noise"), image("scoreNoise")];
  const scoreTime = times("scoreTime");
  const weights = { distillation: 1, score: SCORE_WEIGHT, adversarial: 0 };
  const inputs = { batch: scoreTime.length, z_0, z_y, condition: z_y, noise, scoreNoise, scoreTime };
  return () =>
    studentStep(
      engine,
      { schedule, network, teacher, discriminator: null, weights, reading: READING },
      { ...inputs, discriminatorNoise: noise, discriminatorTime: scoreTime },
    );
};

/** As in `studentTask` if only the target has a weight: no photograph, no teacher, and the loss is |a - b|. */
const targetsStep = <T>({ engine, network, schedule, start, image }: Setting<T>): Prepare<T> => {
  const { algebra } = engine;
  const [z_0, z_y, noise, picture] = [image("z_0"), image("z_y"), image("noise"), image("picture")];
  const [batch = 1] = drawn(start, "z_0").shape;
  const weights = { distillation: 0, score: 0, adversarial: 0 };
  const unused = {
    scoreNoise: z_y,
    scoreTime: schedule.T,
    discriminatorNoise: z_y,
    discriminatorTime: schedule.T,
  };
  return () =>
    studentStep(
      engine,
      { schedule, network, teacher: null, discriminator: null, weights, reading: READING },
      { batch, z_0, z_y, condition: conditionOf(algebra, network, z_y, () => picture), noise, ...unused },
      (z_0_student) => [
        {
          name: "target",
          weight: 1,
          value: () => algebra.mean(algebra.abs(algebra.subtract(z_0_student, z_0))),
        },
      ],
    );
};

/** The task that the loop gets for a step. */
export const recordedTask = <T>(
  engine: Engine<T>,
  name: TaskName,
  network: ConditionedNetwork,
  schedule: Schedule,
  start: RecordedStart,
): OpenTask<T> => {
  const images = new Map<Draw, T>();
  const image = (draw: Draw): T => {
    const known = images.get(draw) ?? engine.upload("image", drawn(start, draw));
    images.set(draw, known);
    return known;
  };
  const times = (draw: Draw): readonly number[] => [...drawn(start, draw).data];
  const setting = { engine, network, schedule, start, image, times };
  const steps = { teacher: teachersStep, student: studentsStep, target: targetsStep };
  return { prepare: steps[name](setting), frozen: [] };
};
