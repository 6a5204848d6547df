/** What a runtime is told of the command line, and where it may speak. */
import type { RuntimeOptions } from "@tadsr/runtime-node";
import { noteLine, type Shell } from "../shell.ts";
import type { NetworkOptions } from "./options.ts";

export const runtimeOptions = (
  shell: Shell,
  { threads }: Pick<NetworkOptions, "threads">,
): RuntimeOptions => ({
  ...(threads === undefined ? {} : { threads }),
  tell: (line) => noteLine(shell, line),
});
