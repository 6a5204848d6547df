/** `tadsr random-weights`: files as large as the published models, to try these without the authors' files. */
import { Argument, type Command, Option } from "commander";
import { wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";
import type { RandomWeightsOptions } from "../random-weights/run.ts";
import { CONFIG_CHOICES } from "../upscale/options.ts";

const HELP = `
The files have the authors' names, and so have the tensors, with the authors' shapes. Everything is as with the
authors' files, except the pictures.`;

export const addRandomWeightsCommand = (program: Command, perform: Perform): void => {
  program
    .command("random-weights")
    .description("write files of random numbers that are as large as a published model's")
    .addArgument(new Argument("<model>", "the published model").choices(CONFIG_CHOICES))
    .requiredOption("-o, --out <folder>", "folder for the network's and the autoencoder's files")
    .option("--seed <n>", "seed of the numbers", wholeNumber(0, 2 ** 52 - 1), 0)
    .addOption(
      new Option("--dtype <type>", "number type of the stored weights")
        .choices(["F32", "F16", "BF16"])
        .default("F32"),
    )
    .option("--force", "replace files that exist")
    .addHelpText("after", HELP)
    .action((model: RandomWeightsOptions["model"], options: Omit<RandomWeightsOptions, "model">) =>
      perform(async (shell) =>
        (await import("../random-weights/run.ts")).runRandomWeights(shell, { ...options, model }),
      ),
    );
};
