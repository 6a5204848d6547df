#!/usr/bin/env node
/** Removes what `pnpm build` wrote, so that no file of a source that is gone is ever packed. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const packages = join(import.meta.dirname, "..", "packages");
for (const name of readdirSync(packages))
  for (const output of ["dist", "tsconfig.tsbuildinfo"])
    rmSync(join(packages, name, output), { recursive: true, force: true });
