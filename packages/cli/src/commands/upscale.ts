/** `tadsr upscale`: pictures in, pictures four times larger out. */
import { type Command, Option } from "commander";
import { sharedFile, wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";
import { COLOUR_CHOICES, RUNTIME_CHOICES, SAMPLER_CHOICES, type UpscaleOptions } from "../upscale/options.ts";
import { addFileOptions } from "./file-options.ts";

const HELP = `
A folder means the PNG, JPEG and WebP pictures directly in it, a quoted pattern ("photos/**/*.jpg") those it
matches; photo-4x.png beside photo.* is left out as the output of an earlier run. - is standard input.
The output is photo-4x.png beside the picture (the figure is how many times larger), or where -o says: .png
(lossless), .jpg and .webp (quality 92).
EXIF orientation is applied, colours are converted to sRGB, alpha is kept (JPEG output: laid on white).
With the small model the same seed gives the same picture, however it is cut into tiles.

The paper's models: --model is a folder that tadsr convert made, or the authors' file as it is, with
--autoencoder. What is in a file is told by its tensors; but a student has its teacher's, so that --config says
which it is. Without it a network for faces is taken for faceir-s4, any other for tad-sr-s1: one step.
Pictures are padded by reflection to multiples of 64, and cut into overlapping tiles of 512 where they are
larger, or less where memory asks for it. A tile is seen as a whole, so that --tile, a multiple of 64, changes
the picture. Faces are restored at their own size; the model was made for aligned ones of 512 x 512.

Real-ESRGAN's networks: --model is their file as it is (realesr-general-x4v3.pth, RealESRGAN_x4plus.pth and the
like, or the same as safetensors). They draw no noise and take one step: what else concerns a model is refused.
--mix general-wdn.pth:0.75 adds a second file's weights, as Real-ESRGAN's strength of denoising does.
The picture is the same whatever the tile: tiles are read with all around them that a network sees, but with no
more than 128 pixels (256 of x2plus), past which RRDBNet's pictures changed by less than half a level.`;

export const addNetworkOptions = (command: Command): Command =>
  command
    .option(
      "--model <name|path>",
      "the model: one shipped with tadsr, a folder with model.json, or a file of the paper's UNet or Real-ESRGAN's",
    )
    .option("--seed <n>", "seed of the noise", wholeNumber(0), 0)
    .addOption(
      new Option("--runtime <name>", "what computes; auto: onnx, or what opens of tensorflow and wasm")
        .choices(RUNTIME_CHOICES)
        .default("auto"),
    )
    .option(
      "--tile <n>",
      "pixels of the picture computed at once, a side (default: what fits into memory, 512 at most)",
      wholeNumber(1, 8192),
    )
    .option(
      "--threads <n>",
      "threads that compute (default: the physical cores; onnx and tensorflow)",
      wholeNumber(1, 1024),
    )
    .option("--steps <n>", "steps of the sampler (default: the model's own)", wholeNumber(1, 1000));

const addPaperOptions = (command: Command): Command =>
  addFileOptions(command)
    .addOption(
      new Option("--sampler <name>", "the paper's models: Eq 3, or Eq 2 with noise").choices(SAMPLER_CHOICES),
    )
    .addOption(
      new Option(
        "--colour-correction <way>",
        "the paper's models: colours from bicubic (default: none)",
      ).choices(COLOUR_CHOICES),
    )
    .option(
      "--mix <file:share>",
      "Real-ESRGAN's networks: a second file of weights, which have this share of the sum",
      sharedFile,
    );

export const addUpscaleCommand = (program: Command, perform: Perform): void => {
  const command = program
    .command("upscale")
    .description("make pictures four times larger")
    .argument("<pictures...>", "files, folders, quoted patterns, or - for standard input")
    .option("-o, --out <path>", "output file for one picture, folder for several, - for standard output");
  addPaperOptions(addNetworkOptions(command))
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
