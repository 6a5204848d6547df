/**
 * Loaded before a command (`node --import`). When the process ends, it writes the peak of resident memory in bytes to
 * file descriptor 3. Linux has two records of it. VmHWM is used, since the other includes the parent's memory at the
 * start.
 */
import { readFileSync, writeSync } from "node:fs";

const peak = () => {
  try {
    const kib = /^VmHWM:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (kib !== undefined) return Number(kib) * 1024;
  } catch {
    // This is not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
};

process.on("exit", () => {
  writeSync(3, String(peak()));
});
