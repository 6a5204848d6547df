/** `tadsr inspect`: what is in a file of weights. */
import type { Command } from "commander";
import type { InspectOptions } from "../inspect/run.ts";
import type { Perform } from "../perform.ts";
import { addNetworkSizes } from "./file-options.ts";

export const addInspectCommand = (program: Command, perform: Perform): void => {
  const command = program
    .command("inspect")
    .description("print the tensors of a file of weights, and which network they belong to")
    .argument("<weights>", "a .safetensors or PyTorch file; nothing in it is run")
    .option("--group <path>", "the group of tensors to show, if there are several");
  addNetworkSizes(command)
    .option("--json", "print one JSON object instead of the table")
    .action((weights: string, options: InspectOptions) =>
      perform(async (shell) => (await import("../inspect/run.ts")).runInspect(shell, weights, options)),
    );
};
