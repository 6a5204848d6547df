/** A file that is refused, and a pattern of the error's message. */
import type { Code } from "./pickle-assembler.ts";

export interface HostileFile {
  readonly name: string;
  readonly bytes: Code;
  readonly message: RegExp;
}
