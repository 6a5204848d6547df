/** `tadsr cost`: parameters, operations and memory of models, without running them. */
import type { Size } from "@tadsr/model";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CostOptions } from "../cost/run.ts";
import type { Perform } from "../perform.ts";
import { CONFIG_CHOICES } from "../upscale/options.ts";

const HELP = `
Models: ${CONFIG_CHOICES.join(", ")}; Real-ESRGAN's by the names of
their files (realesr-general-x4v3, RealESRGAN_x4plus and others), or any file of such a network.
A multiply-add is two operations. "in layers" counts only convolutions and linear maps, as others often do.
The peak assumes that results are released after their last use; an engine may also hold the scores of attention.`;

const LARGEST = 65_536;

const sizeOf = (text: string): Size => {
  const match = /^(\d+)x(\d+)$/.exec(text);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  if (!(width >= 1 && height >= 1 && width <= LARGEST && height <= LARGEST))
    throw new InvalidArgumentError(`It must be WIDTHxHEIGHT in pixels, each from 1 to ${LARGEST}.`);
  return { width, height };
};

export const addCostCommand = (program: Command, perform: Perform): void => {
  program
    .command("cost")
    .description("print what a model's networks cost at a size, without running them")
    .argument("<model>", "a published model, or a file of a network of Real-ESRGAN's")
    .addOption(
      new Option("--size <width>x<height>", "of the low-resolution picture, in pixels")
        .argParser(sizeOf)
        .default(sizeOf("64x64"), "64x64"),
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", HELP)
    .action((model: CostOptions["model"], options: Omit<CostOptions, "model">) =>
      perform(async (shell) => (await import("../cost/run.ts")).runCost(shell, { ...options, model })),
    );
};
