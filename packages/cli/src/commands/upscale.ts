/** `tadsr upscale`: pictures in, pictures four times larger out. */
import { type Command, Option } from "commander";
import { wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";
import { DEFAULT_TILE, RUNTIME_CHOICES, type UpscaleOptions } from "../upscale/options.ts";

const HELP = `
A folder means the PNG, JPEG and WebP pictures directly in it, a quoted pattern ("photos/**/*.jpg") those it
matches; photo-4x.png beside photo.* is left out as the output of an earlier run. - is standard input.
The output is photo-4x.png beside the picture, or where -o says: .png (lossless), .jpg and .webp (quality 92).
EXIF orientation is applied, colours are converted to sRGB, alpha is kept (JPEG output: laid on white).
The same seed gives the same picture, however it is cut into tiles.`;

export const addNetworkOptions = (command: Command): Command =>
  command
    .option("--model <name|folder>", "the model: one shipped with tadsr, or a folder with model.json")
    .option("--seed <n>", "seed of the noise", wholeNumber(0), 0)
    .addOption(
      new Option("--runtime <name>", "what computes; auto: tensorflow where it opens, else wasm")
        .choices(RUNTIME_CHOICES)
        .default("auto"),
    )
    .option(
      "--tile <n>",
      "pixels of the picture computed at once, a side",
      wholeNumber(1, 8192),
      DEFAULT_TILE,
    )
    .option("--steps <n>", "steps of the sampler (default: the model's own)", wholeNumber(1, 1000));

export const addUpscaleCommand = (program: Command, perform: Perform): void => {
  const command = program
    .command("upscale")
    .description("make pictures four times larger")
    .argument("<pictures...>", "files, folders, quoted patterns, or - for standard input")
    .option("-o, --out <path>", "output file for one picture, folder for several, - for standard output");
  addNetworkOptions(command)
    .option("--force", "replace outputs that exist")
    .option("--json", "print one JSON object a picture, and nothing else")
    .addHelpText("after", HELP)
    .action((pictures: readonly string[], options: UpscaleOptions) =>
      perform(async (shell) => {
        const { runUpscale } = await import("../upscale/run.ts");
        return runUpscale(shell, pictures, options);
      }),
    );
};
