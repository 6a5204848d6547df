/** Folders of this repository that rows read from. */
import { join } from "node:path";

export const benchFolder = join(import.meta.dirname, "..");
export const root = join(benchFolder, "..");
/** Intermediate files, which are not kept in git. */
export const cacheFolder = join(root, ".cache", "bench");
