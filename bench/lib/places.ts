/** Folders of this repository that rows read from. */
import { join } from "node:path";

export const benchFolder = join(import.meta.dirname, "..");
export const root = join(benchFolder, "..");
/** What is made on the way and not kept in git. */
export const cacheFolder = join(root, ".cache", "bench");
