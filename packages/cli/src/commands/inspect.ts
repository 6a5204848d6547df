/** `tadsr inspect`: what is in a file of weights. */
import type { Command } from "commander";
import type { InspectOptions } from "../inspect/run.ts";
import { wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";

export const addInspectCommand = (program: Command, perform: Perform): void => {
  program
    .command("inspect")
    .description("print the tensors of a file of weights, and which network they belong to")
    .argument("<weights>", "a .safetensors or PyTorch file; nothing in it is run")
    .option("--group <path>", "the group of tensors to show, if there are several")
    .option(
      "--image-size <n>",
      "nominal side of the latent, if the tensors do not tell it",
      wholeNumber(1, 65_536),
    )
    .option(
      "--window <n>",
      "side of the attention windows, if the tensors do not tell it",
      wholeNumber(1, 256),
    )
    .option(
      "--head-channels <n>",
      "channels of an attention head, if the tensors do not tell them",
      wholeNumber(1, 8192),
    )
    .option("--json", "print one JSON object instead of the table")
    .action((weights: string, options: InspectOptions) =>
      perform(async (shell) => (await import("../inspect/run.ts")).runInspect(shell, weights, options)),
    );
};
