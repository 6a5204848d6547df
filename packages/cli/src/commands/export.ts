/** `tadsr export`: a model, or a part of it, as an ONNX file for other tools. */
import type { Size } from "@tadsr/model";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  DEFAULT_OPSET_CHOICE,
  DTYPE_CHOICES,
  type ExportCommandOptions,
  OPSET_CHOICES,
  PART_CHOICES,
  WEIGHT_CHOICES,
} from "../export/options.ts";
import type { Perform } from "../perform.ts";
import { addFileOptions } from "./file-options.ts";

const HELP = `
The file uses only ONNX's own operators. Images are [1, channels, height, width] in [-1, 1]. The metadata say what
each input is, how the noise is drawn from a seed, and which licence the weights have.
Parts of a small model: step (picture and noise to the larger picture) and network (input, condition, time to z_0).
Parts of the paper's models: chain (like step, for one-step models), network, encoder and decoder.
Real-ESRGAN's networks have one part: network (picture to the larger picture, both in [-1, 1]).
A network with attention in windows needs a fixed size; the others can leave it open.`;

const LARGEST = 16_384;

const sizeOf = (text: string): Size => {
  const match = /^(\d+)x(\d+)$/.exec(text);
  const [height, width] = [Number(match?.[1]), Number(match?.[2])];
  if (!(height >= 1 && width >= 1 && height <= LARGEST && width <= LARGEST))
    throw new InvalidArgumentError(`It must be HEIGHTxWIDTH in pixels, each from 1 to ${LARGEST}.`);
  return { height, width };
};

export const addExportCommand = (program: Command, perform: Perform): void => {
  const command = program
    .command("export")
    .description("write a model as an ONNX file that other tools run")
    .argument("<model>", "a shipped model's name, a model folder, or a file as for upscale --model")
    .requiredOption("-o, --out <file>", "the ONNX file")
    .addOption(
      new Option(
        "--part <part>",
        "the part to export (default: a whole step for one-step models, else the network)",
      ).choices(PART_CHOICES),
    )
    .option(
      "--size <height>x<width>",
      "size of the low-resolution picture in pixels (default: 64x64, rounded up to a size that the model takes)",
      sizeOf,
    )
    .option("--dynamic", "leave the picture's size open")
    .addOption(
      new Option("--dtype <type>", "number type of the weights and of the computation")
        .choices(DTYPE_CHOICES)
        .default("float32"),
    )
    .addOption(
      new Option("--opset <n>", "version of ONNX's operators")
        .choices(OPSET_CHOICES)
        .default(DEFAULT_OPSET_CHOICE),
    )
    .addOption(
      new Option("--weights <place>", "inside the file or beside it; auto: beside it if they are over 2 GB")
        .choices(WEIGHT_CHOICES)
        .default("auto"),
    )
    .option("--open-time", "for --part network of a one-step model: make the time an input")
    .option("--winograd", "use Winograd's method for 3x3 convolutions if it is faster on a CPU");
  addFileOptions(command)
    .option("--force", "replace outputs that exist")
    .addHelpText("after", HELP)
    .action((model: string, options: ExportCommandOptions) =>
      perform(async (shell) => {
        const { runExport } = await import("../export/run.ts");
        return runExport(shell, model, options);
      }),
    );
};
