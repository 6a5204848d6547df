/** `tadsr evaluate`: measures pictures that models, or other programs, have made. */
import { type Command, Option } from "commander";
import type { EvaluateOptions } from "../evaluate/options.ts";
import { seedList } from "../evaluate/options.ts";
import { DEGRADATIONS, wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";
import { COLOUR_CHOICES, SAMPLER_CHOICES } from "../upscale/options.ts";
import { addFileOptions } from "./file-options.ts";
import { addRuntimeOptions } from "./runtime-options.ts";

const HELP = `
A method is one of these: name=folder, a folder of pictures that were made elsewhere; a model, as for
upscale --model; or bicubic, the kernel with which the paper makes z_y. (Type ./bicubic for a folder of that name.)
You may give each a name (name=small-x4). Methods come before the options or after --model; both mean the same.
MODEL@4 takes 4 steps; --steps is for all models. FILE+SECOND:0.75 is a Real-ESRGAN network with 0.75 of the second
file's weights and 0.25 of the first's.

A picture in a folder belongs to the original whose name its own name begins with. If sizes differ by an eighth or
less, the part that both have is measured, from the upper left corner, and a note says so. If a method lacks a
picture, or it cannot be read, it is left out for all methods; a line says so, and the exit code is 1.

--degradation makes one small picture of each original for each seed, and models upscale it. {seed} in a folder's
name stands for the seed. With several seeds the table shows their mean and standard deviation. Each method makes
its first picture twice, and the second time counts.

The metrics are psnr, psnr-y, ssim, ssim-rgb, niqe, niqe-single and perceptual. The last needs the weights of
EfficientNet-lite0, AlexNet or VGG16 (--features). docs/metrics.md says which numbers each can be compared with.

tadsr evaluate --originals Set14 --model bicubic small-x4 --degradation imagenet-test --seeds 0-4 --html page.html
tadsr evaluate --originals Set14 mine=results/ theirs=other-results/ --border 4 --metric psnr-y,ssim`;

const addMeasureOptions = (command: Command): Command =>
  command
    .requiredOption("--originals <folder>", "the originals")
    .option("--model <name...>", "models to measure")
    .option(
      "--degradation <name|file.json>",
      `how small pictures are made: ${DEGRADATIONS}; or a JSON file (default: realesrgan)`,
    )
    .option("--seeds <list>", "seeds of degradation and noise, such as 0-4 or 0,3,7 (default: 0)", seedList)
    .option(
      "--crop <n>",
      "cut a square of this side, in pixels, from the middle of each original",
      wholeNumber(1, 65_536),
    )
    .option(
      "--metric <name...>",
      "what to measure (default: psnr, ssim, niqe, and perceptual with --features)",
    )
    .option("--border <n>", "pixels that psnr and ssim leave out at each edge", wholeNumber(0, 65_536), 0)
    .addOption(
      new Option("--luma <reading>", "luma for psnr-y and ssim, exact or rounded to whole numbers")
        .choices(["exact", "rounded"])
        .default("exact"),
    )
    .option("--features <file>", "weights of the perceptual distance's network")
    .option("--features-linear <file>", "LPIPS's weights for that network's channels");

const addModelOptions = (command: Command): Command =>
  addRuntimeOptions(addFileOptions(command))
    .option("--tile <n>", "side of a tile, in pixels (default: what fits into memory)", wholeNumber(1, 8192))
    .option("--threads <n>", "number of threads (default: the physical cores)", wholeNumber(1, 1024))
    .option("--steps <n>", "sampler steps of the models (default: the model's own)", wholeNumber(1, 1000))
    .addOption(new Option("--sampler <name>", "the paper's models: Eq 3, or Eq 2").choices(SAMPLER_CHOICES))
    .addOption(
      new Option(
        "--colour-correction <way>",
        "the paper's models: take colours from bicubic (default: none)",
      ).choices(COLOUR_CHOICES),
    );

const addOutputOptions = (command: Command): Command =>
  command
    .option("--json", "print the report as JSON instead of the table")
    .option("-o, --out <file.json>", "write the report, with each picture's measures, to a file")
    .option("--html <file.html>", "write a page that shows the table and pictures side by side")
    .option("--show <n>", "number of originals that the page shows (default: 8)", wholeNumber(0, 1000))
    .option("--keep <folder>", "keep the small pictures and the models' pictures")
    .option("--force", "replace files that exist, write into folders that exist");

export const addEvaluateCommand = (program: Command, perform: Perform): void => {
  const command = program
    .command("evaluate")
    .description("measure models, and pictures made elsewhere, against originals")
    .argument("[methods...]", "name=folder, a model, or bicubic");
  addOutputOptions(addModelOptions(addMeasureOptions(command)))
    .addHelpText("after", HELP)
    .action((methods: readonly string[], options: EvaluateOptions) =>
      perform(async (shell) => (await import("../evaluate/run.ts")).runEvaluate(shell, methods, options)),
    );
};
