import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as TE from "fp-ts/lib/TaskEither.js";
import { expect, it } from "vitest";
import { writeSafely } from "../src/safe-file.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";

it("removes the draft's folder on an interrupt in any turn of the event loop", async () => {
  const folder = temporaryFolder();
  const { shell, undoing } = memoryShell(folder.path);
  let isOver = false;
  const ended = writeSafely(
    shell,
    join(folder.path, "a.png"),
    false,
  )(() => TE.right(undefined))().then(() => {
    isOver = true;
  });
  while (!isOver) {
    // There are no more folders than registrations.
    expect(readdirSync(folder.path).length).toBeLessThanOrEqual(undoing.size);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ended;
  expect(undoing.size).toBe(0);
  folder.remove();
});
