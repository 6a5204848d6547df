/** `tadsr convert`: writes weights in another format, or the authors' two files as a model folder. */
import { type Command, Option } from "commander";
import type { ConvertCommandOptions } from "../convert/run.ts";
import type { Perform } from "../perform.ts";
import { CONFIG_CHOICES } from "../upscale/options.ts";
import { addNetworkSizes } from "./file-options.ts";

const HELP = `
The output's name tells the format: .safetensors, or .pth for PyTorch's zip. With --autoencoder the output is a
folder for tadsr upscale --model <folder>: model.json, model.safetensors and autoencoder.safetensors.`;

export const addConvertCommand = (program: Command, perform: Perform): void => {
  const command = program
    .command("convert")
    .description("write weights in another format, or the authors' two files as a model folder")
    .argument("<weights>", "a .safetensors or PyTorch file; nothing in it is run")
    .argument("<output>", "a .safetensors or .pth file; a folder with --autoencoder")
    .addOption(
      new Option("--dtype <type>", "number type to store (default: unchanged)").choices([
        "F32",
        "F16",
        "BF16",
      ]),
    )
    .option("--group <path>", "the group of tensors to take, if there are several")
    .option("--autoencoder <file>", "the autoencoder's weights, to write a model folder")
    .addOption(
      new Option("--config <name>", "the published model whose schedule and steps the folder gets").choices(
        CONFIG_CHOICES,
      ),
    );
  addNetworkSizes(command)
    .option("--force", "replace outputs that exist")
    .addHelpText("after", HELP)
    .action((weights: string, output: string, options: ConvertCommandOptions) =>
      perform(async (shell) =>
        (await import("../convert/run.ts")).runConvert(shell, weights, output, options),
      ),
    );
};
