/**
 * Times the project's own training step, one step for each line that it reads, so that another program can
 * alternate it with PyTorch's (step.py, which has the same options and answers in the same form).
 *
 *   node --import tsx bench/training/step.ts --start <file> [--task teacher|student] [--runtime tensorflow]
 *
 * The file is made when it is not there. Prints one JSON object a line: first { ready }, then for each line
 * read { milliseconds, loss }. It ends with its input.
 */
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import {
  denoisingLoss,
  type Engine,
  forwardProcess,
  makeSchedule,
  predictClean,
  type Schedule,
  type ScheduleConfig,
  type ScheduleError,
  type Tensors,
} from "@tadsr/core";
import { type ConditionedNetwork, predictor, residualUNet, uploadWeights } from "@tadsr/model";
import { runtimes } from "@tadsr/runtime-node";
import {
  ADAMW_DEFAULTS,
  FAMILIES,
  freshState,
  type LoopOptions,
  type OpenTask,
  SMALL_SCHEDULE,
  studentStep,
  trainingStep,
  uploadState,
} from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import {
  AVERAGE_DECAY,
  DEFAULT_SIZE,
  RATE,
  type RecordedStart,
  randomStart,
  readStart,
  SCORE_WEIGHT,
  writeStart,
} from "./record.ts";

const TASKS = ["teacher", "student"] as const;
type TaskName = (typeof TASKS)[number];

const LOOP: LoopOptions = {
  steps: 1_000_000,
  rate: { peak: RATE, warmUp: 0, decay: "constant" },
  adversaryRate: 0,
  averageDecay: AVERAGE_DECAY,
  clip: 0,
  adamw: ADAMW_DEFAULTS,
};

const giveUp = (message: string): never => {
  process.stderr.write(`${message}\n`);
  return process.exit(1);
};

const rightOf = <A>(result: E.Either<string, A>): A =>
  E.isLeft(result) ? giveUp(result.left) : result.right;

const scheduleOf = (config: ScheduleConfig): Schedule =>
  rightOf(E.mapLeft(({ message }: ScheduleError) => message)(makeSchedule(config)));

/** Writes a start of the default size, with the numbers that the other program does not compute itself. */
const makeStart = async (file: string): Promise<void> => {
  const { eta, index } = scheduleOf(SMALL_SCHEDULE);
  const numbers = { eta, index, rate: RATE, averageDecay: AVERAGE_DECAY, scoreWeight: SCORE_WEIGHT };
  const start = randomStart(residualUNet(FAMILIES.unet.network).parameters, DEFAULT_SIZE);
  rightOf(await writeStart(file, start, numbers)());
};

/** The loop's own step on draws that are on the device already: what is timed is the computation. */
const recordedTask = <T>(
  engine: Engine<T>,
  name: TaskName,
  network: ConditionedNetwork,
  schedule: Schedule,
  start: RecordedStart,
): OpenTask<T> => {
  const { algebra } = engine;
  const { draws } = start;
  const [z_0, z_y, noise, scoreNoise] = [draws.z_0, draws.z_y, draws.noise, draws.scoreNoise].map((image) =>
    engine.upload("image", image),
  ) as [T, T, T, T];
  const batch = draws.time.data.length;
  const [t, scoreTime] = [[...draws.time.data], [...draws.scoreTime.data]];
  const teacher = { network, weights: uploadWeights(engine, network.parameters, start.teacher) };
  const inputs = { batch, z_0, z_y, condition: z_y, noise, scoreNoise, scoreTime };
  const prepareStudent: OpenTask<T>["prepare"] = () =>
    studentStep(
      engine,
      {
        schedule,
        network,
        teacher,
        discriminator: null,
        weights: { distillation: 1, score: SCORE_WEIGHT, adversarial: 0 },
        reading: { inputScaling: "once" },
      },
      { ...inputs, judgeNoise: noise, judgeTime: scoreTime },
    );
  const prepareTeacher: OpenTask<T>["prepare"] = () => {
    const z_t = forwardProcess(algebra, schedule)(z_0, z_y, noise, t);
    return {
      duel: null,
      objective: () => (weights: Tensors<T>) => {
        const predict = predictor(engine, network, weights, z_y, batch);
        const z_0_predicted = predictClean(algebra, schedule)(predict, z_t, t);
        return { loss: denoisingLoss(algebra, schedule)(z_0_predicted, z_0, t), parts: {} };
      },
    };
  };
  return {
    prepare: name === "teacher" ? prepareTeacher : prepareStudent,
    frozen: [z_0, z_y, noise, scoreNoise, ...Object.values(teacher.weights)],
  };
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      start: { type: "string" },
      task: { type: "string", default: "teacher" },
      runtime: { type: "string", default: "tensorflow" },
    },
  });
  const { start: file } = values;
  if (file === undefined) return giveUp("--start <file> is missing: where the step's weights and draws are");
  const task = TASKS.find((name) => name === values.task);
  if (task === undefined) return giveUp(`--task is ${values.task}; allowed: ${TASKS.join(", ")}`);
  const runtime = Object.values(runtimes).find(({ name }) => name === values.runtime);
  if (runtime === undefined) return giveUp(`--runtime ${values.runtime} is none of this project's`);
  if (!existsSync(file)) await makeStart(file);
  const start = rightOf(await readStart(file)());
  const schedule = scheduleOf(start.schedule);
  const opened = await runtime.open();
  if (E.isLeft(opened)) return giveUp(`${opened.left.missing} is missing: ${opened.left.remedy}`);
  const engine: Engine<unknown> = opened.right;
  const network = residualUNet(start.network);
  const recorded = recordedTask(engine, task, network, schedule, start);
  const specs = { parameters: network.parameters, held: new Set<string>(), adversary: null };
  let state = uploadState(engine, specs, freshState(start[task], null));
  const say = (record: Readonly<Record<string, unknown>>): void =>
    void process.stdout.write(`${JSON.stringify(record)}\n`);
  say({ ready: `${engine.name}, ${task}` });
  const batch = { step: 0, hr: new Float32Array(), lr: new Float32Array() };
  for await (const _ of createInterface({ input: process.stdin })) {
    const began = performance.now();
    const done = await trainingStep(engine, recorded, state, batch, LOOP);
    state = done.state;
    say({ milliseconds: performance.now() - began, loss: done.report.loss });
  }
  await engine.close();
};

await main();
