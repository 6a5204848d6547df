/** `tadsr doctor`: examines the machine and its runtimes, keeps the figures, prints the report. */
import {
  cacheFolder,
  circumstancesOf,
  keepFigures,
  type RuntimeEntries,
  type Work,
} from "@tadsr/runtime-node";
import {
  autoChoice,
  type ExamineOptions,
  examineApart,
  examineMachine,
  examineRuntimes,
  type Ready,
} from "@tadsr/runtime-node/examine";
import * as E from "fp-ts/lib/Either.js";
import { liveLineOn } from "../live-line.ts";
import type { CommandTask } from "../perform.ts";
import { preferences, runtimeEntries } from "../runtimes.ts";
import { noteLine, printLine, type Shell } from "../shell.ts";
import { VERSION } from "../version.ts";
import { programFile } from "./program-file.ts";
import { type DoctorReport, reportLines } from "./report.ts";

export interface DoctorOptions {
  readonly json?: boolean;
}

/** What is examined, and how; for tests. */
export interface Examination<Name extends string> extends Pick<ExamineOptions, "examine"> {
  readonly entries: RuntimeEntries<Name>;
  readonly preferences: Readonly<Record<Work, readonly NoInfer<Name>[]>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const doctor = async <Name extends string>(
  shell: Shell,
  { entries, preferences: preferred, environment, examine }: Examination<Name>,
): Promise<DoctorReport> => {
  const folder = cacheFolder(environment);
  const machine = await examineMachine(folder);
  const line = liveLineOn(shell);
  const runtimes = await examineRuntimes(entries, {
    ...(examine === undefined ? {} : { examine }),
    onProgress: (name, done, total) => line?.show(`${done + 1} of ${total}: ${name}`),
  });
  line?.clear();
  const figures = runtimes.filter((one): one is Ready => one.status === "ready");
  if (folder !== null && machine.cache.problem === null) {
    const kept = await keepFigures(folder, circumstancesOf(entries, `tadsr ${VERSION}`), figures)();
    if (E.isLeft(kept)) noteLine(shell, kept.left.message);
  }
  const choice = (work: Work) => autoChoice<Name>(entries, preferred[work], runtimes, work);
  return {
    tadsr: VERSION,
    ...machine,
    runtimes,
    auto: { upscaling: choice("upscaling"), training: choice("training") },
  };
};

/** This machine, with each runtime in a process of its own. If this process is interrupted, that one is ended. */
const doctorHere = async (shell: Shell): Promise<DoctorReport> => {
  const controller = new AbortController();
  const forget = shell.onInterrupt(() => controller.abort());
  const program = (name: string) => [...process.execArgv, programFile(), "examine-runtime", name];
  const report = await doctor(shell, {
    ...{ entries: runtimeEntries, preferences, environment: process.env },
    examine: examineApart({ program, signal: controller.signal }),
  });
  forget();
  return report;
};

/** 0 if pictures can be upscaled, else 1. */
export const runDoctor =
  <Name extends string>(
    shell: Shell,
    { json }: DoctorOptions,
    examination?: Examination<Name>,
  ): CommandTask =>
  async () => {
    const report = await (examination === undefined ? doctorHere(shell) : doctor(shell, examination));
    for (const line of json === true ? [JSON.stringify(report)] : reportLines(report)) printLine(shell, line);
    return E.right(report.auto.upscaling.runtime === null ? 1 : 0);
  };
