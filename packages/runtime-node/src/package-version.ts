/** The version of an installed package. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const manifestAbove = (folder: string): string | null => {
  try {
    return readFileSync(join(folder, "package.json"), "utf8");
  } catch {
    const above = dirname(folder);
    return above === folder ? null : manifestAbove(above);
  }
};

/**
 * The name and the version of the package that `name` is imported from, in the module at the address `from`. With more
 * names, the package that the first one imports, and so on. Just the last name if it is not installed.
 */
export const packageVersion = (
  from: string,
  ...[name, ...deeper]: readonly [string, ...string[]]
): string => {
  const last = deeper.at(-1) ?? name;
  try {
    const file = createRequire(from).resolve(name);
    const [next, ...rest] = deeper;
    if (next !== undefined) return packageVersion(file, next, ...rest);
    const manifest: unknown = JSON.parse(manifestAbove(dirname(file)) ?? "{}");
    return `${last} ${String(Reflect.get(Object(manifest), "version"))}`;
  } catch {
    return last;
  }
};
