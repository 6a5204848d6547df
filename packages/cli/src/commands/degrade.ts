/** `tadsr degrade`: makes pairs of pictures to measure a model with. */
import type { Command } from "commander";
import type { DegradeOptions } from "../degrade/run.ts";
import { DEGRADATIONS, wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";

export const addDegradeCommand = (program: Command, perform: Perform): void => {
  program
    .command("degrade")
    .description("make low-resolution pictures of originals, to measure a model with")
    .argument("<folder>", "the originals")
    .option("-o, --out <folder>", "folder for lr/ and hr/ (the originals, cut to fit)")
    .option(
      "--sheet <file.png>",
      "draw one sheet with the middles of a few originals, each degraded five times (or --variants, at most 12)",
    )
    .option("--degradation <name|file.json>", `${DEGRADATIONS}; or a JSON file`, "realesrgan")
    .option(
      "--variants <n>",
      "number of degraded versions of each original (name-1.png, name-2.png, ...)",
      wholeNumber(1, 10_000),
      1,
    )
    .option("--seed <n>", "seed of the degradation", wholeNumber(0), 0)
    .option("--force", "write into folders that exist, replace a sheet that exists")
    .action((folder: string, options: DegradeOptions) =>
      perform(async (shell) => (await import("../degrade/run.ts")).runDegrade(shell, folder, options)),
    );
};
