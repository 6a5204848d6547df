/** Prints a schedule and draws it. */
import { writeFile } from "node:fs/promises";
import {
  faceRestorationSchedule,
  makeSchedule,
  type Schedule,
  type ScheduleConfig,
  type ScheduleRow,
  schedulePlot,
  scheduleRows,
  superResolutionSchedule,
} from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type ExitCode, type Failure, fileReason, outputFailure, usageFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { writeSafely } from "../safe-file.ts";
import { printLine, resolveIn, type Shell } from "../shell.ts";
import { textTable } from "../table.ts";
import type { PRESETS, ScheduleOptions } from "./options.ts";

/** The last one is the schedule that @tadsr/train gives its small models (a test compares them). */
export const presets: Readonly<Record<(typeof PRESETS)[number], ScheduleConfig>> = {
  "realsr-s15": superResolutionSchedule,
  "faceir-s4": faceRestorationSchedule,
  "small-x4": { steps: 4, power: 0.3, kappa: 1, minNoiseLevel: Math.sqrt(0.001), etasEnd: 0.99 },
};

/** The preset, with the values that the user gave instead. */
const configOf = (options: ScheduleOptions): ScheduleConfig => {
  const preset = presets[options.preset];
  return {
    steps: options.steps ?? preset.steps,
    power: options.power ?? preset.power,
    kappa: options.kappa ?? preset.kappa,
    minNoiseLevel: options.minNoise ?? preset.minNoiseLevel,
    etasEnd: options.end ?? preset.etasEnd,
    ...(options.respacing === undefined ? {} : { respacing: options.respacing }),
  };
};

/** The options' names, for a message about a field of the configuration. */
const OPTION_OF_FIELD: Readonly<Record<keyof ScheduleConfig, string>> = {
  steps: "--steps",
  kappa: "--kappa",
  minNoiseLevel: "--min-noise",
  etasEnd: "--end",
  power: "--power",
  respacing: "--respacing",
};

const COLUMNS: readonly (readonly [string, (row: ScheduleRow) => string])[] = (() => {
  const figure = (value: number): string =>
    value === 0 ? "0" : Math.abs(value) < 1e-3 ? value.toExponential(3) : value.toPrecision(5);
  return [
    ["t", (row) => String(row.t)],
    ["index", (row) => String(row.index)],
    ["sqrt eta", (row) => figure(row.sqrtEta)],
    ["eta", (row) => figure(row.eta)],
    ["alpha", (row) => figure(row.alpha)],
    ["input scale", (row) => figure(row.inputScale)],
    ["post. var.", (row) => figure(row.posteriorVariance)],
    ["mean z_t", (row) => figure(row.posteriorMeanOfZt)],
    ["mean z_0", (row) => figure(row.posteriorMeanOfZ0)],
    ["m", (row) => figure(row.m)],
    ["j", (row) => figure(row.j)],
    ["k", (row) => figure(row.k)],
    ["weight", (row) => figure(row.weight)],
  ];
})();

const printTable = (shell: Shell, schedule: Schedule): void => {
  const rows = scheduleRows(schedule).map((row) => COLUMNS.map(([, cell]) => cell(row)));
  const lines = textTable(
    [COLUMNS.map(([name]) => name), ...rows],
    COLUMNS.map(() => "right"),
  );
  for (const line of lines) printLine(shell, line);
};

const writeSvg = (
  shell: Shell,
  path: string,
  schedule: Schedule,
  force: boolean,
): TE.TaskEither<Failure, void> =>
  writeSafely(
    shell,
    resolveIn(shell, path),
    force,
  )((draft) =>
    TE.tryCatch(
      () => writeFile(draft, `${schedulePlot(schedule)}\n`),
      (thrown) =>
        outputFailure(`output ${path} cannot be written: ${fileReason(thrown)}; name another place`),
    ),
  );

/** Prints the schedule, and draws it if asked. */
export const runSchedule = (shell: Shell, options: ScheduleOptions): CommandTask => {
  const made = makeSchedule(configOf(options));
  if (E.isLeft(made)) {
    const { field, found, allowed } = made.left;
    return TE.left(
      usageFailure(`${OPTION_OF_FIELD[field]} ${String(found)} is out of range: give ${allowed}`),
    );
  }
  const schedule = made.right;
  const drawn: TE.TaskEither<Failure, void> =
    options.svg === undefined
      ? TE.right(undefined)
      : writeSvg(shell, options.svg, schedule, options.force === true);
  return TE.map((): ExitCode => {
    if (options.json === true) {
      const { config, T } = schedule;
      printLine(shell, JSON.stringify({ config, T, rows: scheduleRows(schedule) }));
    } else {
      printTable(shell, schedule);
    }
    return 0;
  })(drawn);
};
