/** What a runtime is told of the command line, and where it may speak. */
import type { RuntimeOptions } from "@tadsr/runtime-node";
import { definedOf } from "./defined.ts";
import { noteLine, type Shell } from "./shell.ts";

/** As typed: left out if undefined. */
interface Typed {
  readonly threads?: number | undefined;
  readonly device?: number | undefined;
}

export const runtimeOptions = (shell: Shell, { threads, device }: Typed): RuntimeOptions => ({
  ...definedOf({ threads, device }),
  tell: (line) => noteLine(shell, line),
});
