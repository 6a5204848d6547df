/** The folder for what is kept from one start to the next: optimised models, and the command's compiled code. */
import { homedir } from "node:os";
import { join } from "node:path";

/** `TADSR_CACHE` if it is set (if empty: no cache), else the system's folder for caches. */
export const cacheFolder = (environment: Readonly<Record<string, string | undefined>>): string | null => {
  const { TADSR_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (TADSR_CACHE !== undefined) return TADSR_CACHE === "" ? null : TADSR_CACHE;
  if (XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== "") return join(XDG_CACHE_HOME, "tadsr");
  if (process.platform === "win32" && LOCALAPPDATA !== undefined) return join(LOCALAPPDATA, "tadsr", "cache");
  return process.platform === "darwin"
    ? join(homedir(), "Library", "Caches", "tadsr")
    : join(homedir(), ".cache", "tadsr");
};
