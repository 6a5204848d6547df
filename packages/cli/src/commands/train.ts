/** `tadsr train teacher` and `tadsr train student`. */
import { type Command, Option } from "commander";
import { DEGRADATIONS, finiteNumber, sharedFile, wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";
import {
  NETWORK_NAMES,
  TRAINING_RUNTIMES,
  type TrainCommandOptions,
  type TrainStudentCommandOptions,
} from "../train/options.ts";

const RESUME_HELP = `
A checkpoint and the losses (log.jsonl) are written to the output folder as the training goes; Ctrl-C stops after
the step it is at, and --resume goes on, also after a crash. The finished model is in <out>/model.`;

const addCommonOptions = (command: Command): Command =>
  command
    .requiredOption("--data <folder>", "photographs to learn from")
    .requiredOption("-o, --out <folder>", "folder of the run")
    .option("--steps <n>", "training steps", wholeNumber(1))
    .option("--batch <n>", "crops a step", wholeNumber(1))
    .option("--crop <n>", "side of a crop, in pixels of the photograph", wholeNumber(1))
    .option("--shrink <factor>", "shrink photographs first, which takes their JPEG blocks away", finiteNumber)
    .option("--degradation <name|file.json>", `${DEGRADATIONS} (realesrgan unless given); or a JSON file`)
    .option("--seed <n>", "seed of everything random", wholeNumber(0))
    .option("--rate <r>", "learning rate after the warm-up", finiteNumber)
    .option("--warm-up <n>", "steps over which the rate rises", wholeNumber(0))
    .addOption(new Option("--decay <how>", "the rate after the warm-up").choices(["constant", "cosine"]))
    .option("--average-decay <d>", "decay of the weights' moving average", finiteNumber)
    .option("--weight-decay <d>", "AdamW's weight decay", finiteNumber)
    .option("--clip <norm>", "scale a longer gradient down to this norm; 0: none", finiteNumber)
    .option("--hold <prefix...>", "parameters that keep their value: names or beginnings of names")
    .option("--checkpoint-every <n>", "steps between checkpoints, besides the clock", wholeNumber(1))
    .option("--checkpoint-minutes <m>", "minutes between checkpoints", finiteNumber)
    .option("--resume", "go on with the training in the output folder")
    .addOption(
      new Option("--network <name>", "the network, where it is trained from nothing").choices(NETWORK_NAMES),
    )
    .option(
      "--target-model <file>",
      "learn what this network (SRVGGNetCompact or RRDBNet) makes of the small pictures, not the photographs",
      String,
    )
    .option("--target-mix <file:share>", "a second file of weights, which have this share", sharedFile)
    .option(
      "--as-they-are <share>",
      "share of the small pictures that are photographs as they are; needs a target",
      finiteNumber,
    )
    .option("--perceptual <weight>", "weight of the perceptual term", finiteNumber)
    .option("--perceptual-weights <file>", "made by tools/perceptual-weights.py", String)
    .addOption(
      new Option("--runtime <name>", "what computes; auto: tensorflow where it opens, else wasm")
        .choices(TRAINING_RUNTIMES)
        .default("auto"),
    )
    .addHelpText("after", RESUME_HELP);

export const addTrainCommand = (program: Command, perform: Perform): void => {
  const train = program.command("train").description("train a teacher, or a one-step student from it");
  addCommonOptions(train.command("teacher").description("train a many-step teacher (Eq 4)")).action(
    (options: TrainCommandOptions) =>
      perform(async (shell) => (await import("../train/run.ts")).runTrainTeacher(shell, options)),
  );
  addCommonOptions(train.command("student").description("distil a teacher into one step (Algorithm 1)"))
    .option(
      "--teacher <name|folder>",
      "the teacher's model; without it no loss of the paper's has a weight",
      String,
    )
    .option("--start <name|folder>", "start from this model instead of from the teacher", String)
    .option(
      "--target <weight>",
      "weight of the mean absolute error from the target model's picture",
      finiteNumber,
    )
    .option("--distillation <weight>", "weight of Eq 6", finiteNumber)
    .option("--score <weight>", "weight of Eq 8, lambda_1 of Eq 13", finiteNumber)
    .option("--adversarial <weight>", "weight of Eq 11, lambda_2 of Eq 13; 0: no discriminator", finiteNumber)
    .addOption(
      new Option("--discriminator <kind>", "told the time, or the plain GAN of the paper's ablation").choices(
        ["time-aware", "plain"],
      ),
    )
    .option("--discriminator-rate <r>", "the discriminator's learning rate after the warm-up", finiteNumber)
    .option("--fidelity <weight>", "weight of the mean absolute error from the photograph", finiteNumber)
    .option("--grid <weight>", "weight against a grid that the perceptual term invites", finiteNumber)
    .addOption(
      new Option(
        "--reading <whose>",
        "Eq 8 and 9 by the paper's text, or as the authors' code has it",
      ).choices(["paper", "code"]),
    )
    .action((options: TrainStudentCommandOptions) =>
      perform(async (shell) => (await import("../train/run.ts")).runTrainStudent(shell, options)),
    );
};
