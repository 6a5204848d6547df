/** The command line: the commands, and how errors are printed. */
import { Command, CommanderError } from "commander";
import * as E from "fp-ts/lib/Either.js";
import { addConvertCommand } from "./commands/convert.ts";
import { addCostCommand } from "./commands/cost.ts";
import { addDegradeCommand } from "./commands/degrade.ts";
import { addDemoCommand } from "./commands/demo.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addEvaluateCommand } from "./commands/evaluate.ts";
import { addExportCommand } from "./commands/export.ts";
import { addInspectCommand } from "./commands/inspect.ts";
import { addRandomWeightsCommand } from "./commands/random-weights.ts";
import { addScheduleCommand } from "./commands/schedule.ts";
import { addTrainCommand } from "./commands/train.ts";
import { addUpscaleCommand } from "./commands/upscale.ts";
import { addVerifyCommand } from "./commands/verify.ts";
import { type ExitCode, exitCodeOf, firstLine } from "./failure.ts";
import type { Perform } from "./perform.ts";
import { noteLine, type Shell } from "./shell.ts";
import { loadTrainDefaults, type TrainDefaults } from "./train/help.ts";
import { VERSION } from "./version.ts";

/** commander's message on one line, after the command's name. */
const usageLine = (text: string): string =>
  text
    .trim()
    .replace(/^error: /, "")
    .replaceAll(/\s*\n\s*/g, " ");

const makeProgram = (shell: Shell, perform: Perform, train: TrainDefaults | null): Command => {
  const program = new Command("tadsr")
    .description("Upscale photographs four times with a one-step diffusion model.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void shell.stdout.write(text),
      writeErr: (text) => void shell.stderr.write(text),
      outputError: (text) => noteLine(shell, `${usageLine(text)} (see --help)`),
    });
  addUpscaleCommand(program, perform);
  addDemoCommand(program, perform);
  addInspectCommand(program, perform);
  addConvertCommand(program, perform);
  addExportCommand(program, perform);
  addRandomWeightsCommand(program, perform);
  addCostCommand(program, perform);
  addScheduleCommand(program, perform);
  addVerifyCommand(program, perform);
  addTrainCommand(program, perform, train);
  addDegradeCommand(program, perform);
  addEvaluateCommand(program, perform);
  addDoctorCommand(program, perform);
  return program;
};

/**
 * Runs one command line; `words` are the words after `tadsr`. Gives 0 if all went well, 1 if something failed or
 * differed, 2 if the command line is wrong. Every error is one line on standard error.
 */
export const run = async (shell: Shell, words: readonly string[]): Promise<ExitCode> => {
  let code: ExitCode = 0;
  const perform: Perform = async (work) => {
    const done = await (await work(shell))();
    if (E.isLeft(done)) noteLine(shell, done.left.message);
    code = E.isLeft(done) ? exitCodeOf(done.left) : done.right;
  };
  try {
    // Only `train` waits for the training's package to load.
    const defaults = words.includes("train") ? await loadTrainDefaults() : null;
    await makeProgram(shell, perform, defaults).parseAsync(words, { from: "user" });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    noteLine(shell, `${firstLine(thrown)} (a defect of tadsr: please report it)`);
    return 1;
  }
};
