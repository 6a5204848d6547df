/** What a file of the paper's weights does not tell, as options for the commands that take such a file as a model. */
import { type Command, Option } from "commander";
import { wholeNumber } from "../options.ts";
import { CONFIG_CHOICES } from "../upscale/options.ts";

/** What the tensors of a file may leave open of its network. */
export const addNetworkSizes = (command: Command): Command =>
  command
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
    );

export const addFileOptions = (command: Command): Command =>
  addNetworkSizes(
    command
      .option("--autoencoder <file>", "the paper's models: the autoencoder's weights")
      .addOption(
        new Option(
          "--config <name>",
          "the paper's models: which one it is (schedule, steps, sampler)",
        ).choices(CONFIG_CHOICES),
      )
      .option("--group <path>", "the group of tensors in the model's file, as tadsr inspect lists them"),
  );
