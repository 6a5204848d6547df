/** `tadsr train teacher` and `tadsr train student`. */
import { type Command, Option } from "commander";
import { DEGRADATIONS, finiteNumber, sharedFile, wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";
import { describing, describingBoth, type TrainDefaults } from "../train/help.ts";
import {
  MEBIBYTE,
  NETWORK_NAMES,
  TARGET_WEIGHT,
  TRAINING_RUNTIMES,
  type TrainCommandOptions,
  type TrainStudentCommandOptions,
} from "../train/options.ts";

const RESUME_HELP = `
The log (log.jsonl) and checkpoints are written to the output folder during the training. Ctrl-C stops after the
current step. --resume goes on from the last checkpoint, also after a crash. Then --steps may be another number. With
a constant rate the result is that of a training that had this number from the start. A cosine is stretched to the
new number, so the rate jumps to the new curve. All other options that change the result must be the same as before.
The finished model is in <out>/model.

With --validation the averaged weights are measured at the beginning, after every so many steps and at the end. This
does not change the training. Numbers go to validation.jsonl, pictures to samples/step-<n>.png (small picture,
bicubic, current result, target if there is one, original).`;

/** The options of both commands, with the defaults of one of them. */
type Common = TrainDefaults["teacher"] | TrainDefaults["student"];

const addCommonOptions = (
  command: Command,
  defaults: TrainDefaults | null,
  of: (defaults: TrainDefaults) => Common,
  ofNothing: (defaults: TrainDefaults) => Common = of,
): Command => {
  const text = describingBoth<Common>(
    defaults === null ? null : of(defaults),
    defaults === null ? null : ofNothing(defaults),
    "without teacher and start",
  );
  const ofAll = describing(defaults);
  const family = ({ families, student }: TrainDefaults) =>
    NETWORK_NAMES.find((name) => families[name].network === student.network);
  return command
    .requiredOption("--data <folder>", "folder of photographs to learn from; folders in it count too")
    .requiredOption("-o, --out <folder>", "folder of the run")
    .option(
      "--steps <n>",
      text("training steps", (d) => d.steps),
      wholeNumber(1),
    )
    .option(
      "--batch <n>",
      text("crops in each step", (d) => d.batch),
      wholeNumber(1),
    )
    .option(
      "--crop <n>",
      text("side of a crop, in pixels of the photograph", (d) => d.crop),
      wholeNumber(1),
    )
    .option(
      "--shrink <factor>",
      text("shrink photographs first, to remove their JPEG blocks", (d) => d.shrink),
      finiteNumber,
    )
    .option(
      "--degradation <name|file.json>",
      ofAll(`${DEGRADATIONS}, or a JSON file`, (d) => d.degradation),
    )
    .option(
      "--seed <n>",
      text("seed of everything random", (d) => d.seed),
      wholeNumber(0),
    )
    .option(
      "--rate <r>",
      text("learning rate after the warm-up", (d) => d.rate.peak),
      finiteNumber,
    )
    .option(
      "--warm-up <n>",
      text("steps during which the rate rises", (d) => d.rate.warmUp),
      wholeNumber(0),
    )
    .addOption(
      new Option(
        "--decay <how>",
        text("how the rate changes after the warm-up", (d) => d.rate.decay),
      ).choices(["constant", "cosine"]),
    )
    .option(
      "--average-decay <d>",
      text("decay of the weights' moving average", (d) => d.averageDecay),
      finiteNumber,
    )
    .option(
      "--weight-decay <d>",
      text("AdamW's weight decay", (d) => d.weightDecay),
      finiteNumber,
    )
    .option(
      "--clip <norm>",
      text("scale a longer gradient down to this norm; 0: never", (d) => d.clip),
      finiteNumber,
    )
    .option(
      "--hold <prefix...>",
      text("parameters that keep their value: names or beginnings of names", (d) => d.hold),
    )
    .option(
      "--checkpoint-every <n>",
      text("steps between checkpoints, besides the clock", (d) => d.checkpointEvery),
      wholeNumber(1),
    )
    .option(
      "--checkpoint-minutes <m>",
      text("minutes between checkpoints", (d) => d.checkpointMinutes),
      finiteNumber,
    )
    .option(
      "--resume",
      text("go on with the training in the output folder", (d) => d.resume),
    )
    .option(
      "--picture-cache <MiB>",
      text("memory for decoded photographs", (d) => d.cacheBytes / MEBIBYTE),
      finiteNumber,
    )
    .option(
      "--validation <folder>",
      text("folder of other photographs, to measure by during the training", (d) => d.validation),
      String,
    )
    .option(
      "--validation-every <n>",
      ofAll("steps between validations", (d) => d.validation.every),
      wholeNumber(1),
    )
    .option(
      "--validation-pictures <n>",
      ofAll("number of photographs to measure by", (d) => d.validation.pictures),
      wholeNumber(1),
    )
    .option(
      "--validation-crop <n>",
      ofAll("side of the crop from the middle of each, in pixels", (d) => d.validation.crop),
      wholeNumber(1),
    )
    .option(
      "--validation-samples <n>",
      ofAll("number of crops to draw", (d) => d.validation.samples),
      wholeNumber(0),
    )
    .addOption(
      new Option("--network <name>", ofAll("the network, if it is trained from nothing", family)).choices(
        NETWORK_NAMES,
      ),
    )
    .option(
      "--target-model <file>",
      text(
        "learn this network's pictures of the small pictures (SRVGGNetCompact or RRDBNet) instead of the photographs",
        (d) => d.target,
      ),
      String,
    )
    .option(
      "--target-mix <file:share>",
      text("a second file of the target's weights, and its share from 0 to 1", (d) => d.target),
      sharedFile,
    )
    .option(
      "--as-they-are <share>",
      text(
        "share of photographs that are used as small pictures as they are; needs a target",
        (d) => d.asTheyAre,
      ),
      finiteNumber,
    )
    .option(
      "--perceptual <weight>",
      text("weight of the perceptual term", (d) => ("weights" in d ? d.weights.perceptual : d.perceptual)),
      finiteNumber,
    )
    .option(
      "--perceptual-weights <file>",
      text("file made by tools/perceptual-weights.py", (d) => d.perceptualWeights),
      String,
    )
    .addOption(
      new Option("--runtime <name>", "the runtime; auto: tensorflow if it works, else wasm")
        .choices(TRAINING_RUNTIMES)
        .default("auto"),
    )
    .addHelpText("after", RESUME_HELP);
};

const addStudentOptions = (command: Command, defaults: TrainDefaults | null): Command => {
  const text = describing(defaults?.student);
  return command
    .option(
      "--teacher <name|folder>",
      "the teacher's model; without it the paper's losses have weight 0 (default: none)",
      String,
    )
    .option(
      "--start <name|folder>",
      text("start from this model instead of from the teacher", (d) => d.start),
      String,
    )
    .option(
      "--target <weight>",
      text(
        "weight of the mean absolute error from the target model's picture",
        (d) => d.weights.target,
        `${TARGET_WEIGHT} with --target-model`,
      ),
      finiteNumber,
    )
    .option(
      "--distillation <weight>",
      text("weight of Eq 6", (d) => d.weights.distillation, "0 without a teacher"),
      finiteNumber,
    )
    .option(
      "--score <weight>",
      text("weight of Eq 8, lambda_1 of Eq 13", (d) => d.weights.score, "0 without a teacher"),
      finiteNumber,
    )
    .option(
      "--adversarial <weight>",
      text("weight of Eq 11, lambda_2 of Eq 13; 0: no discriminator", (d) => d.weights.adversarial),
      finiteNumber,
    )
    .addOption(
      new Option(
        "--discriminator <kind>",
        text("with the time as an input, or the plain GAN of the paper's ablation", (d) => d.discriminator),
      ).choices(["time-aware", "plain"]),
    )
    .option(
      "--discriminator-rate <r>",
      text("the discriminator's learning rate after the warm-up", (d) => d.discriminatorRate),
      finiteNumber,
    )
    .option(
      "--fidelity <weight>",
      text("weight of the mean absolute error from the photograph", (d) => d.weights.fidelity),
      finiteNumber,
    )
    .option(
      "--grid <weight>",
      text("weight of the term against the grid that the perceptual term causes", (d) => d.weights.grid),
      finiteNumber,
    )
    .addOption(
      new Option(
        "--reading <whose>",
        text("Eq 8 and 9 as in the paper, or as in the authors' code", (d) => d.reading),
      ).choices(["paper", "code"]),
    );
};

/** `defaults` is for the help; null if another command runs. */
export const addTrainCommand = (
  program: Command,
  perform: Perform,
  defaults: TrainDefaults | null = null,
): void => {
  const train = program.command("train").description("train a teacher, or a one-step student from it");
  const teacher = train.command("teacher").description("train a many-step teacher (Eq 4)");
  addCommonOptions(teacher, defaults, (d) => d.teacher).action((options: TrainCommandOptions) =>
    perform(async (shell) => (await import("../train/run.ts")).runTrainTeacher(shell, options)),
  );
  const student = train
    .command("student")
    .description(
      "train a one-step student: from a teacher (Algorithm 1), or from a stronger network's pictures",
    );
  addStudentOptions(
    addCommonOptions(
      student,
      defaults,
      (d) => d.student,
      (d) => d.pretraining,
    ),
    defaults,
  ).action((options: TrainStudentCommandOptions) =>
    perform(async (shell) => (await import("../train/run.ts")).runTrainStudent(shell, options)),
  );
};
