/** `tadsr examine-runtime`, which `doctor` starts for each runtime: prints what is found as JSON, on one line. */
import { examineRuntime } from "@tadsr/runtime-node/examine";
import * as TE from "fp-ts/lib/TaskEither.js";
import { usageFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { type RuntimeName, runtimeEntries, runtimeNames } from "../runtimes.ts";
import { printLine, type Shell } from "../shell.ts";

const isRuntime = (name: string): name is RuntimeName => (runtimeNames as readonly string[]).includes(name);

export const runExamineOne = (shell: Shell, name: string): CommandTask =>
  isRuntime(name)
    ? async () => {
        printLine(shell, JSON.stringify(await examineRuntime(name, runtimeEntries[name])));
        return { _tag: "Right", right: 0 };
      }
    : TE.left(usageFailure(`there is no runtime '${name}'; there are ${runtimeNames.join(", ")}`));
