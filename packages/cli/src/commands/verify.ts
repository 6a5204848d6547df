/** `tadsr verify`: compares this project's mathematics and networks with recorded reference numbers. */
import type { Command } from "commander";
import type { Perform } from "../perform.ts";
import { DEFAULT_ENGINE, engineNames, type VerifyOptions } from "../verify/options.ts";

export const addVerifyCommand = (program: Command, perform: Perform): void => {
  program
    .command("verify")
    .description("compare this project's mathematics and networks with recorded reference numbers")
    .requiredOption("--manifest <file>", "manifest.json of the reference numbers")
    .option("--engine <name>", `the engine: ${engineNames().join(", ")}`, DEFAULT_ENGINE)
    .action((options: VerifyOptions) =>
      perform(async (shell) => (await import("../verify/run.ts")).runVerify(shell, options)),
    );
};
