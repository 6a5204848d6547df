/** The file that starts the command: beside this one in the published bundle, above it in the source. */
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const programFile = (): string => {
  const here = fileURLToPath(import.meta.url);
  return extname(here) === ".ts" ? join(here, "..", "..", "main.ts") : join(here, "..", "main.js");
};
