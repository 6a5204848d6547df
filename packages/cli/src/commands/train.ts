/** `tadsr train teacher` and `tadsr train student`. */
import { type Command, Option } from "commander";
import { DEGRADATIONS, finiteNumber, sharedFile, wholeNumber } from "../options.ts";
import type { Perform } from "../perform.ts";
import { type Describe, describing, describingBoth, type TrainDefaults } from "../train/help.ts";
import {
  MEBIBYTE,
  NETWORK_NAMES,
  TRAINING_RUNTIMES,
  type TrainCommandOptions,
  type TrainStudentCommandOptions,
} from "../train/options.ts";
import { addRuntimeChoice } from "./runtime-options.ts";

const RESUME_HELP = `
The log (log.jsonl) and checkpoints are written to the output folder during the training. Ctrl-C stops after the
current step. --resume goes on from the last checkpoint, also after a crash. Then --steps may be another number. With
a constant rate the result is that of a training that had this number from the start. A cosine is stretched to the
new number, so the rate jumps to the new curve. All other options that change the result must be the same as before.
The finished model is in <out>/model.

With --validation the averaged weights are measured at the beginning, after every so many steps and at the end. This
does not change the training. Numbers go to validation.jsonl, pictures to samples/step-<n>.png (small picture,
bicubic, current result, target if there is one, original).`;

/** How the value of an option is read: by a function, or as one of a few words. */
type Reader = ((text: string) => unknown) | readonly string[];

/** An option: how it is typed, its description, and its default. Options without a reader are switches or lists. */
type Row<A> = readonly [
  flags: string,
  reader: Reader | null,
  text: string,
  pick: (defaults: A) => unknown,
  otherwise?: string,
];

const addRows = <A>(command: Command, describe: Describe<A>, rows: readonly Row<A>[]): Command => {
  for (const [flags, reader, text, ...defaults] of rows) {
    const option = new Option(flags, describe(text, ...defaults));
    if (typeof reader === "function") option.argParser(reader);
    else if (reader !== null) option.choices(reader);
    command.addOption(option);
  }
  return command;
};

/** The defaults of one of the commands, and all. */
type Common = (TrainDefaults["teacher"] | TrainDefaults["student"]) & { readonly all: TrainDefaults };

const familyOf = ({ all: { families, student } }: Common): string | undefined =>
  NETWORK_NAMES.find((name) => families[name].network === student.network);

const STEPS = wholeNumber(1);
const COUNT = wholeNumber(0);

const COMMON: readonly Row<Common>[] = [
  ["--steps <n>", STEPS, "training steps", (d) => d.steps],
  ["--batch <n>", STEPS, "crops in each step", (d) => d.batch],
  ["--crop <n>", STEPS, "side of a crop, in pixels of the photograph", (d) => d.crop],
  [
    "--shrink <factor>",
    finiteNumber,
    "shrink photographs first, to remove their JPEG blocks",
    (d) => d.shrink,
  ],
  ["--degradation <name|file.json>", String, `${DEGRADATIONS}, or a JSON file`, (d) => d.all.degradation],
  ["--seed <n>", COUNT, "seed of everything random", (d) => d.seed],
  ["--rate <r>", finiteNumber, "learning rate after the warm-up", (d) => d.rate.peak],
  ["--warm-up <n>", COUNT, "steps during which the rate rises", (d) => d.rate.warmUp],
  ["--decay <how>", ["constant", "cosine"], "how the rate changes after the warm-up", (d) => d.rate.decay],
  ["--average-decay <d>", finiteNumber, "decay of the weights' moving average", (d) => d.averageDecay],
  ["--weight-decay <d>", finiteNumber, "AdamW's weight decay", (d) => d.weightDecay],
  ["--clip <norm>", finiteNumber, "scale a longer gradient down to this norm; 0: never", (d) => d.clip],
  [
    "--hold <prefix...>",
    null,
    "parameters that keep their value: names or beginnings of names",
    (d) => d.hold,
  ],
  ["--checkpoint-every <n>", STEPS, "steps between checkpoints, besides the clock", (d) => d.checkpointEvery],
  ["--checkpoint-minutes <m>", finiteNumber, "minutes between checkpoints", (d) => d.checkpointMinutes],
  ["--resume", null, "go on with the training in the output folder", (d) => d.resume],
  ["--picture-cache <MiB>", finiteNumber, "memory for decoded photographs", (d) => d.cacheBytes / MEBIBYTE],
  [
    "--validation <folder>",
    String,
    "folder of other photographs, to measure by during the training",
    (d) => d.validation,
  ],
  ["--validation-every <n>", STEPS, "steps between validations", (d) => d.all.validation.every],
  [
    "--validation-pictures <n>",
    STEPS,
    "number of photographs to measure by",
    (d) => d.all.validation.pictures,
  ],
  [
    "--validation-crop <n>",
    STEPS,
    "side of the crop from the middle of each, in pixels",
    (d) => d.all.validation.crop,
  ],
  ["--validation-samples <n>", COUNT, "number of crops to draw", (d) => d.all.validation.samples],
  ["--network <name>", NETWORK_NAMES, "the network, if it is trained from nothing", familyOf],
  [
    "--target-model <file>",
    String,
    "learn this network's pictures of the small pictures (SRVGGNetCompact or RRDBNet) instead of the photographs",
    (d) => d.target,
  ],
  [
    "--target-mix <file:share>",
    sharedFile,
    "a second file of the target's weights, and its share from 0 to 1",
    (d) => d.target,
  ],
  [
    "--as-they-are <share>",
    finiteNumber,
    "share of photographs that are used as small pictures as they are; needs a target",
    (d) => d.asTheyAre,
  ],
  [
    "--perceptual <weight>",
    finiteNumber,
    "weight of the perceptual term",
    (d) => ("weights" in d ? d.weights.perceptual : d.perceptual),
  ],
  [
    "--perceptual-weights <file>",
    String,
    "file made by tools/perceptual-weights.py",
    (d) => d.perceptualWeights,
  ],
];

const STUDENT: readonly Row<TrainDefaults["student"]>[] = [
  [
    "--teacher <name|folder>",
    String,
    "the teacher's model; without it the paper's losses have weight 0",
    () => null,
  ],
  ["--start <name|folder>", String, "start from this model instead of from the teacher", (d) => d.start],
  [
    "--target <weight>",
    finiteNumber,
    "weight of the mean absolute error from the target model's picture",
    (d) => d.weights.target,
    "1 with --target-model",
  ],
  [
    "--distillation <weight>",
    finiteNumber,
    "weight of Eq 6",
    (d) => d.weights.distillation,
    "0 without a teacher",
  ],
  [
    "--score <weight>",
    finiteNumber,
    "weight of Eq 8, lambda_1 of Eq 13",
    (d) => d.weights.score,
    "0 without a teacher",
  ],
  [
    "--adversarial <weight>",
    finiteNumber,
    "weight of Eq 11, lambda_2 of Eq 13; 0: no discriminator",
    (d) => d.weights.adversarial,
  ],
  [
    "--discriminator <kind>",
    ["time-aware", "plain"],
    "with the time as an input, or the plain GAN of the paper's ablation",
    (d) => d.discriminator,
  ],
  [
    "--discriminator-rate <r>",
    finiteNumber,
    "the discriminator's learning rate after the warm-up",
    (d) => d.discriminatorRate,
  ],
  [
    "--fidelity <weight>",
    finiteNumber,
    "weight of the mean absolute error from the photograph",
    (d) => d.weights.fidelity,
  ],
  [
    "--grid <weight>",
    finiteNumber,
    "weight of the term against the grid that the perceptual term causes",
    (d) => d.weights.grid,
  ],
  [
    "--reading <whose>",
    ["paper", "code"],
    "Eq 8 and 9 as in the paper, or as in the authors' code",
    (d) => d.reading,
  ],
];

const addOptions = (command: Command, describe: Describe<Common>): Command => {
  command
    .requiredOption("--data <folder>", "folder of photographs to learn from; folders in it count too")
    .requiredOption("-o, --out <folder>", "folder of the run");
  return addRuntimeChoice(
    addRows(command, describe, COMMON),
    TRAINING_RUNTIMES,
    "tensorflow if it works, else wasm",
  ).addHelpText("after", RESUME_HELP);
};

/** `defaults` is for the help; null if another command runs. */
export const addTrainCommand = (
  program: Command,
  perform: Perform,
  defaults: TrainDefaults | null = null,
): void => {
  const of = (which: "teacher" | "student" | "pretraining"): Common | null =>
    defaults && { ...defaults[which], all: defaults };
  const train = program.command("train").description("train a teacher, or a one-step student from it");
  const teacher = train.command("teacher").description("train a many-step teacher (Eq 4)");
  addOptions(teacher, describing(of("teacher"))).action((options: TrainCommandOptions) =>
    perform(async (shell) => (await import("../train/run.ts")).runTrainTeacher(shell, options)),
  );
  const student = train
    .command("student")
    .description(
      "train a one-step student: from a teacher (Algorithm 1), or from a stronger network's pictures",
    );
  addOptions(student, describingBoth(of("student"), of("pretraining"), "without teacher and start"));
  addRows(student, describing(defaults?.student), STUDENT).action((options: TrainStudentCommandOptions) =>
    perform(async (shell) => (await import("../train/run.ts")).runTrainStudent(shell, options)),
  );
};
