/**
 * The process that a contender runs in. It makes the contender ready, then runs it once for each message, and answers
 * with the milliseconds that it took.
 *
 *   node --import tsx lib/contender-process.ts <a module of contenders/> <its settings as JSON>
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as E from "fp-ts/lib/Either.js";
import { failedBy } from "./bench-error.ts";
import type { Contender, Report, Settings } from "./contender.ts";
import { benchFolder } from "./places.ts";

const tell = (report: Report): void => {
  process.send?.(report);
};

const [name = "", settings = "{}"] = process.argv.slice(2);

try {
  const begun = performance.now();
  const module = pathToFileURL(join(benchFolder, "contenders", `${name}.ts`)).href;
  const { contender } = (await import(module)) as { readonly contender: Contender };
  const ready = await contender(JSON.parse(settings) as Settings)();
  if (E.isLeft(ready)) tell({ kind: "stopped", reason: ready.left });
  else {
    const { run, versions = {} } = ready.right;
    process.on("message", async () => {
      try {
        const started = performance.now();
        await run();
        tell({ kind: "ran", milliseconds: performance.now() - started });
      } catch (thrown) {
        tell({ kind: "stopped", reason: failedBy(thrown) });
      }
    });
    tell({ kind: "ready", milliseconds: performance.now() - begun, versions });
  }
} catch (thrown) {
  tell({ kind: "stopped", reason: failedBy(thrown) });
}
