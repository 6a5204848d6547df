/** `tadsr demo`: upscales a picture that comes with the command and shows it beside bicubic. */
import type { Command } from "commander";
import type { DemoOptions } from "../demo.ts";
import type { Perform } from "../perform.ts";
import { addNetworkOptions } from "./upscale.ts";

export const addDemoCommand = (program: Command, perform: Perform): void => {
  const command = program
    .command("demo")
    .description("upscale a photograph that comes with tadsr and lay it beside bicubic")
    .option("-o, --out <file>", "where the comparison goes", "tadsr-demo.png");
  addNetworkOptions(command)
    .option("--force", "replace the file if it exists")
    .action((options: DemoOptions) =>
      perform(async (shell) => {
        const { runDemo } = await import("../demo.ts");
        return runDemo(shell, options);
      }),
    );
};
