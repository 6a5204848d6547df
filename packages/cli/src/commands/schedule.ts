/** `tadsr schedule`: prints the noise schedule as a table or as JSON, and draws it. */
import { type Command, Option } from "commander";
import { finiteNumber, wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";
import { PRESETS, type ScheduleOptions } from "../schedule/options.ts";

export const addScheduleCommand = (program: Command, perform: Perform): void => {
  program
    .command("schedule")
    .description("print the noise schedule as a table and draw it")
    .addOption(
      new Option("--preset <name>", "preset for the values that are not given")
        .choices(PRESETS)
        .default("realsr-s15"),
    )
    .option("--steps <T>", "number of times", wholeNumber(1, 1_000_000))
    .option("--power <p>", "the noise rises early if it is below 1, late if above", finiteNumber)
    .option("--kappa <k>", "standard deviation of the noise at eta = 1", finiteNumber)
    .option("--min-noise <m>", "upper bound of the least noise level", finiteNumber)
    .option("--end <e>", "sqrt(eta) at the last time, at most 1", finiteNumber)
    .option("--respacing <S>", "keep S of the times", wholeNumber(1, 1_000_000))
    .option("--svg <file>", "draw sqrt(eta) and eta over t to a file")
    .option("--force", "replace the drawing if it exists")
    .option("--json", "print one JSON object instead of the table")
    .action((options: ScheduleOptions) =>
      perform(async (shell) => (await import("../schedule/run.ts")).runSchedule(shell, options)),
    );
};
