/** The command `tadsr` in this process: its words, its streams, its exit code. */
import { fileReason } from "./failure.ts";
import { handleInterrupts } from "./interrupt.ts";
import { run } from "./program.ts";
import { noteLine, type Shell, userFolder } from "./shell.ts";

export const runCommand = async (): Promise<void> => {
  const shell: Shell = {
    folder: userFolder(process.env, process.cwd()),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    onInterrupt: handleInterrupts((code) => process.exit(code)),
  };

  // If the reader has seen enough (`tadsr schedule | head`), that is no error; a full disk is one.
  let lost: NodeJS.ErrnoException | null = null;
  process.stdout.on("error", (thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== "EPIPE") lost = thrown;
  });

  process.exitCode = await run(shell, process.argv.slice(2));
  // Errors of writing arrive after the writes.
  process.once("beforeExit", () => {
    if (lost === null) return;
    noteLine(shell, `standard output cannot be written: ${fileReason(lost)}`);
    process.exitCode = 1;
  });
};
