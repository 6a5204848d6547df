/** `tadsr degrade`: pairs of pictures to measure a model with. */
import type { Command } from "commander";
import type { DegradeOptions } from "../degrade/run.ts";
import { DEGRADATIONS, wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";

export const addDegradeCommand = (program: Command, perform: Perform): void => {
  program
    .command("degrade")
    .description("make low-resolution pictures of originals, to measure a model with")
    .argument("<folder>", "the originals")
    .option("-o, --out <folder>", "where lr/ and hr/ (the originals, cut to fit) go")
    .option(
      "--sheet <file.png>",
      "draw the middles of a few originals, degraded five times (or --variants, at most 12), on one sheet",
    )
    .option("--degradation <name|file.json>", `${DEGRADATIONS}; or a JSON file`, "realesrgan")
    .option(
      "--variants <n>",
      "degraded versions of each original, name-1.png and so on",
      wholeNumber(1, 10_000),
      1,
    )
    .option("--seed <n>", "seed of the degradation", wholeNumber(0), 0)
    .option("--force", "write into a folder that exists, replace a sheet")
    .action((folder: string, options: DegradeOptions) =>
      perform(async (shell) => (await import("../degrade/run.ts")).runDegrade(shell, folder, options)),
    );
};
