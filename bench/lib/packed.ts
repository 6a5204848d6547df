/**
 * The packages as users of npm get them, compiled, in a separate folder: the compiled files and the published
 * manifests, together with the libraries that the workspace has installed.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
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
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly publishConfig: Readonly<Record<string, unknown>>;
}

const compile = (): E.Either<BenchError, void> => {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const project = join(root, "packages", "tsconfig.json");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-b", project], { encoding: "utf8" });
  return status === 0
    ? E.right(undefined)
    : E.left(failed(`the packages do not compile: ${stdout.split("\n")[0] ?? ""}`));
};

const layOut = (folder: string): void => {
  const modules = join(folder, "node_modules");
  for (const entry of readdirSync(join(root, "packages"), { withFileTypes: true })) {
    const home = join(root, "packages", entry.name);
    if (!existsSync(join(home, "package.json"))) continue;
    const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as Manifest;
    const target = join(modules, manifest.name);
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, "package.json"), JSON.stringify({ ...manifest, ...manifest.publishConfig }));
    for (const file of manifest.files)
      if (existsSync(join(home, file))) cpSync(join(home, file), join(target, file), { recursive: true });
    for (const [name, version] of Object.entries(manifest.dependencies ?? {})) {
      const link = join(modules, name);
      if (version.startsWith("workspace:") || existsSync(link)) continue;
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(realpathSync(join(home, "node_modules", name)), link, "junction");
    }
  }
};

/** Compiles the packages into the folder. Returns the path of the compiled command. */
export const packCommand = (): E.Either<BenchError, string> =>
  E.chain(() =>
    E.tryCatch(() => {
      const folder = join(cacheFolder, "packed");
      rmSync(folder, { recursive: true, force: true });
      layOut(folder);
      return join(folder, "node_modules", "tadsr", "dist", "main.js");
    }, failedBy),
  )(compile());
