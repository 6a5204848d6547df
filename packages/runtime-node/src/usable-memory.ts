/** How much memory the process may use. */
import { freemem, totalmem } from "node:os";

/** What the operating system tells, in bytes. */
export interface MemoryFigures {
  readonly platform: NodeJS.Platform;
  readonly total: number;
  /** On Linux what is free or can be freed at once; elsewhere that is not what it means. */
  readonly free: number;
  /** Of the process or its container; 0, or more than all memory, where there is none. */
  readonly limit: number;
}

/** Bytes that may be used: on Linux what others leave, elsewhere all there is; and no more than the limit. */
export const usableBytes = ({ platform, total, free, limit }: MemoryFigures): number => {
  const left = platform === "linux" && free > 0 ? Math.min(free, total) : total;
  return limit > 0 ? Math.min(left, limit) : left;
};

const memoryFigures = (): MemoryFigures => ({
  platform: process.platform,
  total: totalmem(),
  free: freemem(),
  limit: process.constrainedMemory(),
});

/** Bytes that this process may use now. */
export const usableMemory = (): number => usableBytes(memoryFigures());
