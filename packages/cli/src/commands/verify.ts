/** `tadsr verify`: this project's mathematics against recorded reference numbers. */
import type { Command } from "commander";
import type { Perform } from "../perform.ts";
import type { VerifyOptions } from "../verify/run.ts";

export const addVerifyCommand = (program: Command, perform: Perform): void => {
  program
    .command("verify")
    .description("compare this project's mathematics with recorded reference numbers")
    .requiredOption("--manifest <file>", "manifest.json of the reference numbers")
    .action((options: VerifyOptions) =>
      perform(async (shell) => (await import("../verify/run.ts")).runVerify(shell, options)),
    );
};
