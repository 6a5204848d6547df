/** The properties of the machine that figures depend on, without its name or any path. */
import { readFileSync } from "node:fs";
import os from "node:os";
import * as O from "fp-ts/lib/Option.js";

export interface Machine {
  readonly processor: string;
  /** The processors that the system schedules on. */
  readonly logicalCores: number;
  /** null if the system does not tell. */
  readonly physicalCores: number | null;
  /** In GiB. */
  readonly memory: number;
  /** The instruction sets that kernels of networks are written for; empty if the system does not tell. */
  readonly instructions: readonly string[];
  readonly system: string;
}

const OF_INTEREST =
  /^(sse4_2|avx|avx2|fma|f16c|avx_vnni|avx512(f|bw|vl|_vnni|_bf16|_fp16)|amx_(tile|int8|bf16)|asimd|asimddp|sve2?|bf16|i8mm)$/;

/** The instruction sets of the first processor in the text of /proc/cpuinfo. */
export const instructionsIn = (cpuinfo: string): readonly string[] => {
  const list = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? "";
  return list.split(/\s+/).filter((name) => OF_INTEREST.test(name));
};

/** Counts the pairs of socket and core in the text of /proc/cpuinfo. */
export const physicalCoresIn = (cpuinfo: string): number | null => {
  const cores = cpuinfo.split(/\n\s*\n/).flatMap((processor) => {
    const core = /^core id\s*:\s*(\d+)/m.exec(processor)?.[1];
    const socket = /^physical id\s*:\s*(\d+)/m.exec(processor)?.[1] ?? "0";
    return core === undefined ? [] : [`${socket}/${core}`];
  });
  return cores.length === 0 ? null : new Set(cores).size;
};

const readCpuinfo = (): string =>
  O.getOrElse(() => "")(O.tryCatch(() => readFileSync("/proc/cpuinfo", "utf8")));

/** The first two numbers of a kernel's release. The rest may identify the machine's owner. */
const release = (): string => /^\d+\.\d+/.exec(os.release())?.[0] ?? "";

export const describeMachine = (): Machine => {
  const cpuinfo = readCpuinfo();
  const cpus = os.cpus();
  return {
    processor: cpus[0]?.model.trim() ?? "unknown",
    logicalCores: cpus.length,
    physicalCores: physicalCoresIn(cpuinfo),
    memory: Math.round((os.totalmem() / 2 ** 30) * 10) / 10,
    instructions: instructionsIn(cpuinfo),
    system: `${os.type()} ${release()} ${os.arch()}`,
  };
};

export const sayMachine = (machine: Machine): string => {
  const { processor, logicalCores, physicalCores, memory, instructions, system } = machine;
  const cores =
    physicalCores === null ? `${logicalCores} cores` : `${physicalCores} cores, ${logicalCores} threads`;
  const able = instructions.length === 0 ? "" : `, ${instructions.join(" ")}`;
  return `${processor}, ${cores}, ${memory} GiB${able}; ${system}`;
};
