#!/usr/bin/env node
/** The command `tadsr`. */
import { handleInterrupts } from "./interrupt.ts";
import { run } from "./program.ts";
import { type Shell, userFolder } from "./shell.ts";

const shell: Shell = {
  folder: userFolder(process.env, process.cwd()),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  onInterrupt: handleInterrupts((code) => process.exit(code)),
};

// A reader that has seen enough (`tadsr schedule | head`) is no failure; whoever needs a write to
// arrive looks at its own result.
process.stdout.on("error", () => undefined);

process.exitCode = await run(shell, process.argv.slice(2));
