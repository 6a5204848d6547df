/** `tadsr upscale`: makes pictures four times larger. */
import { type Command, Option } from "commander";
import { sharedFile, wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";
import { COLOUR_CHOICES, SAMPLER_CHOICES, type UpscaleOptions } from "../upscale/options.ts";
import { addFileOptions } from "./file-options.ts";
import { addRuntimeOptions } from "./runtime-options.ts";

const HELP = `
A folder means the PNG, JPEG and WebP pictures directly in it. A quoted pattern ("photos/**/*.jpg") means those that
it matches. In both, photo-4x.png beside photo.* is left out, as the output of an earlier run. - is standard input.
The output is photo-4x.png beside the picture (4 is the factor), or the path after -o: .png (lossless), .jpg or
.webp (both of quality 92).
EXIF orientation is applied, colours are converted to sRGB, alpha is kept (in JPEG the background becomes white).
With the small models the same seed gives the same picture, for any --tile.

The paper's models: --model is a folder that tadsr convert made, or the authors' file as it is, with --autoencoder.
The tensors in the file tell the network. But a student has the same tensors as its teacher, so --config says which
one it is. Without --config a network for faces is taken for faceir-s4, and any other for tad-sr-s1 (one step).
Pictures are padded by reflection to multiples of 64. Larger pictures are cut into overlapping tiles of 512, or
smaller ones if memory is short. The network sees all of a tile, so --tile, a multiple of 64, changes the picture.
Faces are restored at their own size; the model was made for aligned faces of 512 x 512.

Real-ESRGAN's networks: --model is their file as it is (realesr-general-x4v3.pth, RealESRGAN_x4plus.pth and so on, or
the same as safetensors). They draw no noise and take one step. Options for the other models are refused.
--mix general-wdn.pth:0.75 mixes in a second file's weights, as Real-ESRGAN's option --denoise_strength does.
The tile does not change the picture: each tile is read with all the pixels around it that the network sees, but
at most 128 (256 for x2plus). Pixels beyond those changed RRDBNet's pictures by less than half a level.`;

export const addNetworkOptions = (command: Command): Command =>
  addRuntimeOptions(
    command.option(
      "--model <name|path>",
      "a shipped model's name, a folder with model.json, or a file of the paper's UNet or of a Real-ESRGAN network",
    ),
  )
    .option("--seed <n>", "seed of the noise", wholeNumber(0), 0)
    .option(
      "--tile <n>",
      "side of a tile, in pixels of the picture (default: what fits into memory, at most 512)",
      wholeNumber(1, 8192),
    )
    .option(
      "--threads <n>",
      "number of threads, for onnx and tensorflow (default: the physical cores)",
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
        "the paper's models: take colours from bicubic (default: none)",
      ).choices(COLOUR_CHOICES),
    )
    .option(
      "--mix <file:share>",
      "Real-ESRGAN's networks: a second file of weights, and its share of the sum, from 0 to 1",
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
    .option("--json", "print one JSON object for each picture, and nothing else")
    .addHelpText("after", HELP)
    .action((pictures: readonly string[], options: UpscaleOptions) =>
      perform(async (shell) => {
        const { runUpscale } = await import("../upscale/run.ts");
        return runUpscale(shell, pictures, options);
      }),
    );
};
