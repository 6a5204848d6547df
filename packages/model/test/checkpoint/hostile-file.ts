/** A file that is refused, and what is said of it. */
import type { Code } from "./pickle-assembler.ts";

export interface HostileFile {
  readonly name: string;
  readonly bytes: Code;
  readonly message: RegExp;
}
