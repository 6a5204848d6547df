/** Removes what killed processes leave. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DRAFTS } from "./drafts.ts";

/**
 * Removes the drafts in a folder. Only for a folder that nobody else writes to, such as that of a running training:
 * another process may be writing its draft there. Rejects if the folder cannot be listed.
 */
export const removeDrafts = async (folder: string): Promise<void> => {
  const drafts = (await readdir(folder)).filter((name) => name.startsWith(DRAFTS));
  for (const draft of drafts) await rm(join(folder, draft), { recursive: true, force: true });
};
