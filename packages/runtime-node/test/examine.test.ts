/** Runtimes that are examined: ready, missing, wrong, crashed, slow. */
import { anyRuntime, type Engine, lazyRuntime, referenceEngine } from "@tadsr/core";
import { expect, it } from "vitest";
import { examineApart, examineRuntime, examineRuntimes, measureEngine } from "../src/examine.ts";
import { type RuntimeEntry, runtimeEntries } from "../src/index.ts";

/** A clock that shows a tenth of a second more at each look. */
const slowClock = (): (() => number) => {
  let looks = 0;
  return () => {
    looks += 1;
    return looks / 10;
  };
};

const entryOf = <T>(load: () => Promise<Engine<T>>): RuntimeEntry => ({
  isSingleThreaded: true,
  make: () =>
    anyRuntime(
      lazyRuntime({ name: "fake", load, missing: "a driver", remedy: "install it: apt install driver" }),
    ),
});

const changed = (algebra: Partial<typeof referenceEngine.algebra>) =>
  entryOf(async () => ({ ...referenceEngine, algebra: { ...referenceEngine.algebra, ...algebra } }));

it("measures 10^9 operations in a second, those of training with two more convolutions for each but the first", async () => {
  // Three convolutions of 64 to 64 channels, 3x3, on 8x8 pixels, in a tenth of a second.
  const one = (3 * 2 * 9 * 64 * 64 * 8 * 8) / 0.1 / 1e9;
  const figures = await measureEngine(referenceEngine, { now: slowClock(), seconds: 0.5 });
  expect(figures.upscaling).toBeCloseTo(one, 10);
  expect(figures.training).toBeCloseTo((one * 8) / 3, 10);
  const without = await measureEngine({ ...referenceEngine, differentiate: null }, { now: slowClock() });
  expect(without.training).toBeNull();
});

it("takes a larger image while there is time, and releases what it made", async () => {
  let now = 0;
  const sides: number[] = [];
  const quick: Engine<{ readonly side: number }> = {
    ...(referenceEngine as unknown as Engine<{ readonly side: number }>),
    algebra: { conv2d: (image: object) => image } as unknown as Engine<{ readonly side: number }>["algebra"],
    upload: (_kind, { shape }) => ({ side: shape[1] ?? 0 }),
    download: async (_kind, { side }) => {
      now += side * side * 1e-6;
      sides.push(side);
      return { shape: [], data: new Float32Array(64 * side * side).fill(0.5) };
    },
    differentiate: null,
  };
  const { upscaling } = await measureEngine(quick, { now: () => now, seconds: 0.04 });
  expect([...new Set(sides)]).toEqual([8, 16, 32, 64]);
  expect(upscaling).toBeCloseTo((3 * 2 * 9 * 64 * 64) / 1e-6 / 1e9, 6);
  const before = referenceEngine.liveTensors();
  await measureEngine(referenceEngine, { now: slowClock() });
  expect(referenceEngine.liveTensors()).toBe(before);
});

it("says of each runtime what was found, in the entries' order", async () => {
  const progress: string[] = [];
  const entries = {
    good: {
      ...entryOf(async () => referenceEngine),
      devices: { _tag: "Listed", list: async () => ["A card", "Another"] },
    },
    absent: entryOf(() => Promise.reject(new Error("not found\nat a place"))),
    wrong: changed({ conv2d: (image) => referenceEngine.algebra.scale(image, 1.1) }),
    broken: changed({
      conv2d: () => {
        throw new Error("out of memory\nin a kernel");
      },
    }),
  } as const satisfies Record<string, RuntimeEntry>;
  const found = await examineRuntimes(entries, {
    now: slowClock(),
    onProgress: (name, done, total) => progress.push(`${name} ${done}/${total}`),
  });
  const advice = "use another runtime, or update the driver and the packages";
  expect(found).toMatchObject([
    { name: "good", status: "ready", devices: ["A card", "Another"], notes: [] },
    {
      ...{ name: "absent", status: "missing", missing: "a driver (not found)" },
      remedy: "install it: apt install driver",
    },
    { name: "wrong", status: "failed" },
    { name: "broken", status: "failed", message: `it opened, and then failed (out of memory); ${advice}` },
  ]);
  expect(JSON.stringify(found[2])).toContain("where 0.5 is right");
  expect(progress).toEqual(["good 0/4", "absent 1/4", "wrong 2/4", "broken 3/4"]);
});

it("says why a runtime of this package is missing", async () => {
  const found = await examineRuntime("onnx-cuda", runtimeEntries["onnx-cuda"]);
  if (found.status !== "ready") expect(found).toMatchObject({ name: "onnx-cuda", status: "missing" });
});

it("survives a runtime whose process crashes, leaves, says something else, or does not answer", async () => {
  const ready = { name: "x", status: "ready", upscaling: 2, training: null, notes: [] };
  const of = (program: string, seconds = 30, signal = new AbortController().signal) =>
    examineApart({ program: () => ["-e", program], seconds, signal })("x");
  expect(
    await of(`console.log("a library speaks"); console.log(${JSON.stringify(JSON.stringify(ready))})`),
  ).toEqual(ready);
  const messageOf = async (...program: Parameters<typeof of>): Promise<string> => {
    const found = await of(...program);
    return found.status === "failed" ? (found.message.split(";")[0] ?? "") : found.status;
  };
  expect(await messageOf("process.kill(process.pid, 'SIGSEGV')")).toBe("its process crashed (SIGSEGV)");
  expect(await messageOf("process.exit(3)")).toBe("its process ended with exit code 3");
  expect(await messageOf(`console.log('{"name":"y","status":"ready"}')`)).toBe(
    "its process ended with exit code 0",
  );
  expect(await messageOf("setInterval(() => 0, 1000)", 0.5)).toBe("it did not answer within 0.5 s");
  const stopped = AbortSignal.abort();
  expect(await messageOf("setInterval(() => 0, 1000)", 30, stopped)).toContain("cannot be started");
});
