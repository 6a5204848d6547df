/** The options that choose what computes. */
import { type Command, Option } from "commander";
import { wholeNumber } from "../options.ts";
import { RUNTIME_CHOICES } from "../upscale/options.ts";

/** `choices` are the command's own runtimes; `auto` says what `auto` takes. */
export const addRuntimeChoice = (command: Command, choices: readonly string[], auto: string): Command =>
  command
    .addOption(
      new Option(
        "--runtime <name>",
        `the runtime; auto: ${auto}, or a graphics card that tadsr doctor measured to be faster`,
      )
        .choices(choices)
        .default("auto"),
    )
    .option(
      "--device <n>",
      "number of the graphics card, for webgpu and onnx-cuda; tadsr doctor lists them (default: the driver's choice)",
      wholeNumber(0, 63),
    );

export const addRuntimeOptions = (command: Command): Command =>
  addRuntimeChoice(command, RUNTIME_CHOICES, "the first that works of onnx, tensorflow and wasm");
