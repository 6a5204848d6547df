/**
 * Times the project's own training step, one step for each line that it reads, so that another program can alternate it
 * with PyTorch's (step.py, which has the same options and answers in the same form).
 *
 *   node --import tsx bench/training/step.ts --start <file> [--task teacher|student|target] [--runtime tensorflow]
 *
 * The file is made if it does not exist. Prints one JSON object a line: first { ready }, then for each line read {
 * milliseconds, gradients, loss }. gradients are the milliseconds of all passes and of the gradients, if the library
 * computes them at once. It ends when its input ends.
 */
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import {
  type Engine,
  makeSchedule,
  type Schedule,
  type ScheduleConfig,
  type ScheduleError,
} from "@tadsr/core";
import { smallNetwork } from "@tadsr/model";
import { ADAMW_DEFAULTS, freshState, type LoopOptions, trainingStep, uploadState } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { runtimes } from "../lib/runtimes.ts";
import {
  AVERAGE_DECAY,
  CLIP,
  RATE,
  randomStart,
  readStart,
  SCORE_WEIGHT,
  TASKS,
  type TaskName,
  writeStart,
} from "./record.ts";
import { recordedTask } from "./recorded-task.ts";

const LOOP: Omit<LoopOptions, "clip"> = {
  steps: 1_000_000,
  rate: { peak: RATE, warmUp: 0, decay: "constant" },
  discriminatorRate: 0,
  averageDecay: AVERAGE_DECAY,
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

/** Writes a start, with the numbers that the other program does not compute itself. */
const makeStart = async (file: string, task: TaskName): Promise<void> => {
  const start = randomStart(task);
  const { eta, index } = scheduleOf(start.schedule);
  const learning = { rate: RATE, averageDecay: AVERAGE_DECAY, clip: CLIP[task] };
  const numbers = { eta, index, scoreWeight: SCORE_WEIGHT, ...learning };
  rightOf(await writeStart(file, start, numbers)());
};

/** Adds up the milliseconds that some of the work takes. */
const stopwatch = () => {
  let spent = 0;
  return {
    timed:
      <A extends readonly unknown[], B>(work: (...operands: A) => B) =>
      (...operands: A): B => {
        const began = performance.now();
        try {
          return work(...operands);
        } finally {
          spent += performance.now() - began;
        }
      },
    spent: () => spent,
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
  if (file === undefined)
    return giveUp("--start <file> is missing: give the file for the step's weights and draws");
  const task = TASKS.find((name) => name === values.task);
  if (task === undefined) return giveUp(`--task is ${values.task}; allowed: ${TASKS.join(", ")}`);
  const runtime = Object.values(runtimes).find(({ name }) => name === values.runtime);
  if (runtime === undefined) return giveUp(`--runtime ${values.runtime} is no runtime of this project`);
  if (!existsSync(file)) await makeStart(file, task);
  const start = rightOf(await readStart(file, task)());
  const schedule = scheduleOf(start.schedule);
  const opened = await runtime.open();
  if (E.isLeft(opened)) return giveUp(`${opened.left.missing} is missing: ${opened.left.remedy}`);
  const { timed, spent } = stopwatch();
  const { differentiate } = opened.right;
  const engine: Engine<unknown> = {
    ...opened.right,
    differentiate: differentiate && timed(differentiate),
  };
  const network = smallNetwork(start.network);
  const { prepare, frozen } = recordedTask(engine, task, network, schedule, start);
  const recorded = { prepare: timed(prepare), frozen };
  const specs = { parameters: network.parameters, held: new Set<string>(), discriminator: null };
  let state = uploadState(
    engine,
    specs,
    freshState(task === "teacher" ? start.teacher : start.student, null),
  );
  const say = (record: Readonly<Record<string, unknown>>): void =>
    void process.stdout.write(`${JSON.stringify(record)}\n`);
  say({ ready: `${engine.name}, ${task}` });
  const batch = { step: 0, hr: new Float32Array(), lr: new Float32Array() };
  for await (const _ of createInterface({ input: process.stdin })) {
    const [began, before] = [performance.now(), spent()];
    const done = await trainingStep(engine, recorded, state, batch, { ...LOOP, clip: CLIP[task] });
    state = done.state;
    const milliseconds = performance.now() - began;
    say({ milliseconds, gradients: spent() - before, loss: done.report.loss });
  }
  await engine.close();
};

await main();
