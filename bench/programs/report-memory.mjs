/**
 * Loaded before a command (`node --import`), tells on file descriptor 3, when the process ends, the most memory
 * that was ever resident, in bytes. Of Linux's two records, VmHWM counts this program alone; the other begins
 * with what its parent held.
 */
import { readFileSync, writeSync } from "node:fs";

const peak = () => {
  try {
    const kib = /^VmHWM:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (kib !== undefined) return Number(kib) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
};

process.on("exit", () => {
  writeSync(3, String(peak()));
});
