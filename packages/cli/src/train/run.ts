/** `tadsr train`: from the command line to a training, and its progress on the terminal. */
import type { Engine } from "@tadsr/core";
import {
  studentOptions,
  type TrainError,
  type TrainingOutcome,
  teacherOptions,
  trainStudent,
  trainTeacher,
  type Watcher,
} from "@tadsr/train";
import { pipe } from "fp-ts/lib/function.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type LiveLine, liveLineOn } from "../live-line.ts";
import { openRuntime } from "../open-runtime.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { runtimeOptions } from "../runtime-options.ts";
import { displayPath, noteLine, printLine, type Shell } from "../shell.ts";
import { studentChoices, teacherChoices } from "./choices.ts";
import type { TrainCommandOptions, TrainStudentCommandOptions } from "./options.ts";
import { showProgress } from "./progress.ts";
import { orphan, trainFailure } from "./words.ts";

const outcomeLine = (shell: Shell, out: string, runtime: string, outcome: TrainingOutcome): string => {
  const { step, photographs, skipped, model } = outcome;
  const left = skipped.length === 0 ? "" : ` (${skipped.length} left out)`;
  const trained = `${plural(step, "step")} on ${plural(photographs, "photograph")}${left}, runtime ${runtime}`;
  return model === null
    ? `${out}: stopped after ${trained}; go on with --resume`
    : `${displayPath(shell, model)}: ${trained}`;
};

type Train = (engine: Engine<unknown>, watcher: Watcher) => TE.TaskEither<TrainError, TrainingOutcome>;

/** Ctrl-C stops the training after a step; then a checkpoint is written. */
const interruptible =
  (shell: Shell, work: (signal: AbortSignal) => CommandTask): CommandTask =>
  async () => {
    const controller = new AbortController();
    const working = work(controller.signal)();
    const forget = shell.onInterrupt(async () => {
      controller.abort();
      await working;
    });
    const worked = await working;
    forget();
    return worked;
  };

const watcherOn = (shell: Shell, line: LiveLine | null, out: string, signal: AbortSignal): Watcher => ({
  signal,
  onProgress: (progress) => showProgress(shell, line, progress),
  // A mistyped folder would cost a whole training.
  onNothingToResume: () =>
    noteLine(shell, `${out}: no checkpoint to resume from; the training begins at its start`),
  onSkipped: ({ name, reason }) => {
    line?.clear();
    noteLine(shell, `${name} skipped: ${reason}`);
  },
});

const runTraining = (
  shell: Shell,
  { runtime, device, out }: TrainCommandOptions,
  train: Train,
): CommandTask => {
  const line = liveLineOn(shell);
  return pipe(
    openRuntime(runtime, { ...runtimeOptions(shell, { device }), work: "training" }),
    TE.chain((engine) =>
      interruptible(shell, (signal) =>
        pipe(
          train(engine, watcherOn(shell, line, out, signal)),
          T.chainFirst(() => async () => {
            line?.clear();
            await engine.close();
          }),
          TE.bimap(trainFailure, (outcome) => {
            printLine(shell, outcomeLine(shell, out, engine.name, outcome));
            return 0 as const;
          }),
        ),
      ),
    ),
  );
};

/** Chooses the training's options, then runs it. */
const chosen = <A>(
  shell: Shell,
  typed: TrainCommandOptions,
  options: TE.TaskEither<TrainError, A>,
  train: (options: A) => Train,
): CommandTask => {
  const wrong = orphan(typed);
  return wrong === null
    ? pipe(
        options,
        TE.mapLeft(trainFailure),
        TE.chain((all) => runTraining(shell, typed, train(all))),
      )
    : TE.left(wrong);
};

export const runTrainTeacher = (shell: Shell, typed: TrainCommandOptions): CommandTask =>
  chosen(
    shell,
    typed,
    teacherOptions(teacherChoices(shell, typed)),
    (options) => (engine, watcher) => trainTeacher(engine, options, watcher),
  );

export const runTrainStudent = (shell: Shell, typed: TrainStudentCommandOptions): CommandTask =>
  chosen(
    shell,
    typed,
    studentOptions(studentChoices(shell, typed)),
    (options) => (engine, watcher) => trainStudent(engine, options, watcher),
  );
