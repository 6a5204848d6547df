#!/usr/bin/env node
/** Removes what `pnpm build` wrote, so that no compiled file of a deleted source is packed. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const packages = join(import.meta.dirname, "..", "packages");
for (const entry of readdirSync(packages, { withFileTypes: true }).filter((found) => found.isDirectory()))
  for (const output of ["dist", join(".cache", "types"), "tsconfig.tsbuildinfo"])
    rmSync(join(packages, entry.name, output), { recursive: true, force: true });
