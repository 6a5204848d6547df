/**
 * The command as users of npm get it, in a separate folder: its bundle and its published manifest, together with the
 * libraries that the workspace has installed.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import { type BenchError, failed, failedBy } from "./bench-error.ts";
import { cacheFolder, root } from "./places.ts";

interface Manifest {
  readonly name: string;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly publishConfig: Readonly<Record<string, unknown>>;
}

const run = (...words: readonly string[]): E.Either<BenchError, void> => {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  return status === 0
    ? E.right(undefined)
    : E.left(failed(`the command cannot be built: ${(stdout || stderr).split("\n")[0] ?? ""}`));
};

const build = (): E.Either<BenchError, void> =>
  E.chain(() => run(join("tools", "bundle-command.mjs")))(
    run(join("node_modules", "typescript", "bin", "tsc"), "-b", join("packages", "tsconfig.json")),
  );

const layOut = (folder: string): void => {
  const home = join(root, "packages", "cli");
  const modules = join(folder, "node_modules");
  const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as Manifest;
  const target = join(modules, manifest.name);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "package.json"), JSON.stringify({ ...manifest, ...manifest.publishConfig }));
  for (const file of manifest.files)
    if (existsSync(join(home, file))) cpSync(join(home, file), join(target, file), { recursive: true });
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(modules, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(join(home, "node_modules", name)), link, "junction");
  }
};

/** Builds the command into the folder. Returns the path of its program. */
export const packCommand = (): E.Either<BenchError, string> =>
  E.chain(() =>
    E.tryCatch(() => {
      const folder = join(cacheFolder, "packed");
      rmSync(folder, { recursive: true, force: true });
      layOut(folder);
      return join(folder, "node_modules", "tadsr", "dist", "main.js");
    }, failedBy),
  )(build());
