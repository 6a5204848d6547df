import { describe, expect, it } from "vitest";
import { physicalCores, processorKind } from "../src/onnx/processor.ts";

/** Linux's table: a block for each thread, with its socket and its core in that socket. */
const table = (threads: readonly (readonly [socket: number, core: number])[]): string =>
  threads
    .map(([socket, core], i) =>
      [
        `processor\t: ${i}`,
        "model name\t: A Processor @ 2.00GHz",
        `physical id\t: ${socket}`,
        `siblings\t: ${threads.length}`,
        `core id\t\t: ${core}`,
        `cpu cores\t: ${threads.length}`,
        "flags\t\t: fpu avx2",
        "",
      ].join("\n"),
    )
    .join("\n");

/** The table of ARM's kernels, which has no cores. */
const WITHOUT_CORES = "processor\t: 0\nBogoMIPS\t: 50.00\n\nprocessor\t: 1\nBogoMIPS\t: 50.00\n";

describe("physical cores", () => {
  it("are half of the threads if each core runs two", () => {
    const neighbours = table([0, 0, 1, 1, 2, 2, 3, 3].map((core) => [0, core]));
    const apart = table([0, 1, 2, 3, 0, 1, 2, 3].map((core) => [0, core]));
    expect(physicalCores(neighbours, 8)).toBe(4);
    expect(physicalCores(apart, 8)).toBe(4);
  });

  it("are the threads if each core runs one", () => {
    expect(
      physicalCores(
        table([
          [0, 0],
          [0, 1],
          [0, 2],
        ]),
        3,
      ),
    ).toBe(3);
  });

  it("of two sockets are those of both, though their numbers are the same", () => {
    expect(
      physicalCores(
        table([
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ]),
        4,
      ),
    ).toBe(4);
  });

  it("may have numbers with gaps", () => {
    expect(physicalCores(table([0, 4, 8, 12, 0, 4, 8, 12].map((core) => [0, core])), 8)).toBe(4);
  });

  it("are no more than the process may use at once, and one at least", () => {
    const four = table([0, 1, 2, 3].map((core) => [0, core]));
    expect(physicalCores(four, 2)).toBe(2);
    expect(physicalCores(four, 0)).toBe(1);
  });

  it("are as many as may run at once if the system lists no cores", () => {
    expect(physicalCores("", 6)).toBe(6);
    expect(physicalCores(WITHOUT_CORES, 2)).toBe(2);
  });

  it("are there on this machine", () => {
    expect(physicalCores()).toBeGreaterThanOrEqual(1);
    expect(Number.isInteger(physicalCores())).toBe(true);
  });
});

describe("the processor's kind", () => {
  it("is one line with its instruction sets, and differs if they differ", () => {
    const kind = processorKind(table([[0, 0]]));
    expect(kind).toContain("fpu avx2");
    expect(kind).not.toContain("\n");
    expect(processorKind(table([[0, 0]]).replace("avx2", "avx512f"))).not.toBe(kind);
  });

  it("is not empty even if the system has no table", () => {
    expect(processorKind("")).toContain(process.arch);
  });
});
