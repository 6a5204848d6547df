/** `tadsr doctor`: what this machine can compute with, and how fast. */
import type { Command } from "commander";
import type { DoctorOptions } from "../doctor/run.ts";
import type { Perform } from "../perform.ts";

const HELP = `
Each runtime is opened in a process of its own and measured for about two seconds, with convolutions like those of the
networks. A convolution counts as if it were computed directly. What is missing is named with the command that mends it.
The figures are kept in the cache's folder. If a graphics card was measured to be at least 1.5 times as fast as the
processor, --runtime auto takes it, until tadsr, Node, a library, the processor or the graphics card changes.
The exit code is 0 if pictures can be upscaled.`;

export const addDoctorCommand = (program: Command, perform: Perform): void => {
  program
    .command("doctor")
    .description("say what this machine can compute with, how fast, and what is missing")
    .option("--json", "print one JSON object instead of the text")
    .addHelpText("after", HELP)
    .action((options: DoctorOptions) =>
      perform(async (shell) => (await import("../doctor/run.ts")).runDoctor(shell, options)),
    );
  // `doctor` starts one such process for each runtime.
  program
    .command("examine-runtime", { hidden: true })
    .argument("<name>", "the runtime's name")
    .action((name: string) =>
      perform(async (shell) => (await import("../doctor/examine-one.ts")).runExamineOne(shell, name)),
    );
};
