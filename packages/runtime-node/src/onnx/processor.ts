/** What of the processor matters to compiled models: its kind, and how many cores it has. */
import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

/** Linux's table of processors; empty where there is none. */
const cpuTable = (): string => {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return "";
  }
};

/**
 * Physical cores that this process may use: two threads of one core share what computes, so that more threads than
 * cores make nothing faster. Where the system does not tell, what it says may run at once.
 */
export const physicalCores = (
  table: string = cpuTable(),
  allowed: number = availableParallelism(),
): number => {
  const cores = new Set<string>();
  for (const block of table.split(/\n\s*\n/)) {
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}\\s*:\\s*(.*)$`, "m").exec(block)?.[1];
    const core = field("core id");
    if (core !== undefined) cores.add(`${field("physical id") ?? ""}.${core}`);
  }
  return cores.size === 0 ? allowed : Math.max(1, Math.min(cores.size, allowed));
};

/** The processor's name and what it can do, on one line. */
export const processorKind = (table: string = cpuTable()): string => {
  const field = (name: string): string => new RegExp(`^${name}\\s*:\\s*(.*)$`, "m").exec(table)?.[1] ?? "";
  return `${process.arch} ${cpus()[0]?.model ?? ""} ${field("flags")}`;
};
