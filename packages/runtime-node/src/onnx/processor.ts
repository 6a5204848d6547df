/** The properties of the processor that matter to compiled models: its kind, and its number of cores. */
import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

/** Linux's table of processors; empty on other systems. */
const cpuTable = (): string => {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return "";
  }
};

/**
 * The number of physical cores that this process may use. Two threads of one core share its arithmetic, so more threads
 * than cores make nothing faster. If the system does not tell, it is the number of threads that may run at once.
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

/** The processor's name and its instruction sets, on one line. */
export const processorKind = (table: string = cpuTable()): string => {
  const field = (name: string): string => new RegExp(`^${name}\\s*:\\s*(.*)$`, "m").exec(table)?.[1] ?? "";
  return `${process.arch} ${cpus()[0]?.model ?? ""} ${field("flags")}`;
};
