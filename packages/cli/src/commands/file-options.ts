/** What a file of the paper's weights does not tell of itself, for the commands that take one as a model. */
import { type Command, Option } from "commander";
import { wholeNumber } from "../options.ts";
import { CONFIG_CHOICES } from "../upscale/options.ts";

export const addFileOptions = (command: Command): Command =>
  command
    .option("--autoencoder <file>", "the paper's models: the autoencoder's weights")
    .addOption(
      new Option("--config <name>", "the paper's models: which it is (schedule, steps, sampler)").choices(
        CONFIG_CHOICES,
      ),
    )
    .option("--group <path>", "the group of tensors in the model's file, as tadsr inspect lists them")
    .option(
      "--image-size <n>",
      "nominal side of the latent, where the file does not tell",
      wholeNumber(1, 4096),
    )
    .option("--window <n>", "side of attention's windows, where the file does not tell", wholeNumber(1, 64))
    .option("--head-channels <n>", "width of attention's heads, likewise", wholeNumber(1, 4096));
