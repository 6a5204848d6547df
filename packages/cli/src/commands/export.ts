/** `tadsr export`: a model, or a part of it, as an ONNX file for other tools. */
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  DEFAULT_OPSET_CHOICE,
  DTYPE_CHOICES,
  type ExportOptions,
  OPSET_CHOICES,
  PART_CHOICES,
  type Size,
} from "../export/options.ts";
import type { Perform } from "../perform.ts";
import { addFileOptions } from "./file-options.ts";

const HELP = `
The file has ONNX's own operators alone, images [1, channels, height, width] in [-1, 1], and says in its metadata
what each input is, how the noise is drawn from a seed, and whose licence the weights have.
Parts of a small model: step (picture and noise to the larger picture) and network (input, condition, time to z_0).
Of the paper's models: chain (the same as step, for one-step models), network, encoder and decoder.
Of Real-ESRGAN's networks: network (picture to the larger picture; in the file likewise in [-1, 1]).
A network with attention in windows has one size; the others can leave it open.`;

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
    .argument("<model>", "a shipped model's name, a model folder, or a file as upscale takes it")
    .requiredOption("-o, --out <file>", "the ONNX file")
    .addOption(
      new Option("--part <part>", "what of the model (default: all of one step, else the network)").choices(
        PART_CHOICES,
      ),
    )
    .option(
      "--size <height>x<width>",
      "of the low-resolution picture, in pixels (default: 64x64, or the least multiple that the model takes)",
      sizeOf,
    )
    .option("--dynamic", "leave the picture's size open")
    .addOption(
      new Option("--dtype <type>", "numbers of the weights and of what is computed")
        .choices(DTYPE_CHOICES)
        .default("float32"),
    )
    .addOption(
      new Option("--opset <n>", "version of ONNX's operators")
        .choices(OPSET_CHOICES)
        .default(DEFAULT_OPSET_CHOICE),
    )
    .addOption(
      new Option("--weights <place>", "inside the file, or beside it; auto: beside where they are over 2 GB")
        .choices(["auto", "inside", "beside"])
        .default("auto"),
    )
    .option("--open-time", "part network of a one-step model: take the time as an input")
    .option("--winograd", "write 3x3 convolutions by Winograd's way where it is faster on a CPU");
  addFileOptions(command)
    .option("--force", "replace outputs that exist")
    .addHelpText("after", HELP)
    .action((model: string, options: ExportOptions) =>
      perform(async (shell) => {
        const { runExport } = await import("../export/run.ts");
        return runExport(shell, model, options);
      }),
    );
};
