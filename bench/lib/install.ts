/** Installs the packages of this folder's package.json, when a row first needs them. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type BenchError, missing } from "./bench-error.ts";
import { benchFolder } from "./places.ts";

const ARGUMENTS = ["-y", "pnpm@12", "install", "--dir", benchFolder, "--frozen-lockfile", "--ignore-scripts"];

/** Whether each package is installed in the given version. */
const isInstalled = (): boolean => {
  const { dependencies } = JSON.parse(readFileSync(join(benchFolder, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return Object.entries(dependencies).every(([name, version]) => {
    const manifest = join(benchFolder, "node_modules", name, "package.json");
    return (
      existsSync(manifest) &&
      (JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }).version === version
    );
  });
};

/** Does nothing if they are installed. Otherwise says in one line that it fetches them. */
export const installRivals =
  (say: (line: string) => void): TE.TaskEither<BenchError, void> =>
  async () => {
    if (isInstalled()) return E.right(undefined);
    say("fetching UpscalerJS, its models and TensorFlow.js into bench/node_modules: 410 MB, once");
    const code = await new Promise<number | null>((resolve) => {
      const child = spawn("npx", ARGUMENTS, { stdio: "ignore", shell: process.platform === "win32" });
      child.once("error", () => resolve(null));
      child.once("exit", resolve);
    });
    return code === 0
      ? E.right(undefined)
      : E.left(
          missing(
            "UpscalerJS, which could not be fetched from npm's registry,",
            "connect to it and run: npx -y pnpm@12 install --dir bench --frozen-lockfile --ignore-scripts",
          ),
        );
  };
