/** `tadsr degrade`: pairs of pictures to measure a model with. */
import { type Command, Option } from "commander";
import type { DegradeOptions } from "../degrade/run.ts";
import { wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";

export const addDegradeCommand = (program: Command, perform: Perform): void => {
  program
    .command("degrade")
    .description("make low-resolution pictures of originals, to measure a model with")
    .argument("<folder>", "the originals")
    .requiredOption("-o, --out <folder>", "where lr/ and hr/ (the originals cut to multiples of 4) go")
    .addOption(
      new Option("--kind <how>", "plain bicubic shrinking, or the degradation of the training")
        .choices(["bicubic", "degraded"])
        .default("degraded"),
    )
    .option("--seed <n>", "seed of the degradation", wholeNumber(0), 0)
    .option("--force", "write into a folder that exists")
    .action((folder: string, options: DegradeOptions) =>
      perform(async (shell) => (await import("../degrade/run.ts")).runDegrade(shell, folder, options)),
    );
};
