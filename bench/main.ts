/** `pnpm bench [name ...]`: measures, prints, and writes the results to the folder beside this file. */
import { join } from "node:path";
import { runBench } from "./command.ts";
import { rows } from "./rows/index.ts";

process.exitCode = await runBench(rows, process.argv.slice(2), {
  out: (line) => console.log(line),
  err: (line) => console.error(line),
  results: join(import.meta.dirname, "results"),
});
