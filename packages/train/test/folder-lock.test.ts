import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { alone, LOCK } from "../src/folder-lock.ts";
import type { TrainError } from "../src/index.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tadsr-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const holder = (): Promise<string> => readFile(join(folder, LOCK), "utf8");

describe("a folder of one training", () => {
  it("is locked while the work runs, and not after it ends, even with an error", async () => {
    for (const end of [E.right(1), E.left({ _tag: "Step", message: "stopped" } as const)]) {
      const work: TE.TaskEither<TrainError, number> = async () => {
        expect(await holder()).toBe(String(process.pid));
        return end;
      };
      expect(await alone(folder, work)()).toEqual(end);
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("is refused while another process trains in it, and free after that was killed", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(other, "spawn");
    await writeFile(join(folder, LOCK), String(other.pid));
    let isDone = false;
    const work: TE.TaskEither<TrainError, void> = async () => {
      isDone = true;
      return E.right(undefined);
    };
    const refused = await alone(folder, work)();
    expect(refused).toMatchObject({
      _tag: "Left",
      left: {
        _tag: "FolderInUse",
        message: expect.stringContaining(`process ${other.pid} trains in this folder`),
      },
    });
    expect([isDone, await holder()]).toEqual([false, String(other.pid)]);
    const ended = once(other, "exit");
    other.kill("SIGKILL");
    await ended;
    expect(await alone(folder, work)()).toEqual(E.right(undefined));
    expect(isDone).toBe(true);
  });

  it("is free if the lock file is damaged", async () => {
    for (const text of ["", "no number", "-1", "0"]) {
      await writeFile(join(folder, LOCK), text);
      expect(await alone(folder, TE.right(2))()).toEqual(E.right(2));
    }
  });
});
