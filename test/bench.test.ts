import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { runBench } from "../bench/command.ts";
import { alternate, type Side } from "../bench/lib/alternate.ts";
import { failed, missing } from "../bench/lib/bench-error.ts";
import { type Comparison, compareTurns, measurePair } from "../bench/lib/comparison.ts";
import { atLeast, atMost, verdictOn } from "../bench/lib/goal.ts";
import { fitLine } from "../bench/lib/line-fit.ts";
import { describeMachine, instructionsIn, physicalCoresIn } from "../bench/lib/machine.ts";
import { figure, growth, type Measured, notRun } from "../bench/lib/measured.ts";
import { photograph } from "../bench/lib/photograph.ts";
import { plot } from "../bench/lib/plot.ts";
import { report } from "../bench/lib/report.ts";
import { type Result, resultJson, resultOf } from "../bench/lib/result.ts";
import type { Row } from "../bench/lib/row.ts";
import { linearScale, logScale } from "../bench/lib/scale.ts";
import { summarise } from "../bench/lib/statistics.ts";
import { rows } from "../bench/rows/index.ts";

const right = <L, A>(either: E.Either<L, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left));
  return either.right;
};

describe("statistics", () => {
  test("of known numbers", () => {
    expect(summarise([7, 1, 3, 5])).toEqual({
      count: 4,
      minimum: 1,
      lowerQuartile: 2.5,
      median: 4,
      upperQuartile: 5.5,
      spread: 0.75,
    });
    expect(summarise([10])).toMatchObject({ minimum: 10, median: 10, spread: 0 });
  });

  test("the order of the samples does not matter, and quartiles are in order", () => {
    const samples = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(samples, ([first = 1, ...rest]) => {
        const summary = summarise([first, ...rest]);
        const [start = first, ...others] = [...rest, first];
        expect(summarise([start, ...others])).toEqual(summary);
        const { minimum, lowerQuartile, median, upperQuartile } = summary;
        expect([minimum, lowerQuartile, median, upperQuartile]).toEqual(
          [minimum, lowerQuartile, median, upperQuartile].toSorted((a, b) => a - b),
        );
      }),
    );
  });
});

describe("the fit of a line", () => {
  test("finds the line that the points lie on", () => {
    const line = right(fitLine([1, 2, 5, 9].map((x) => ({ x, y: 3 + 0.5 * x }))));
    expect(line.slope).toBeCloseTo(0.5, 12);
    expect(line.intercept).toBeCloseTo(3, 12);
    expect(line.explained).toBeCloseTo(1, 12);
  });

  test("says how much of the variation a line explains", () => {
    // y = 1, 3, 2 at x = 0, 1, 2: slope 1/2 through the middle, and a quarter of the variation.
    const line = right(fitLine([1, 3, 2].map((y, x) => ({ x, y }))));
    expect(line.slope).toBeCloseTo(0.5, 12);
    expect(line.intercept).toBeCloseTo(1.5, 12);
    expect(line.explained).toBeCloseTo(0.25, 12);
  });

  test("is refused if all points have the same x", () => {
    const refused = fitLine([
      { x: 2, y: 1 },
      { x: 2, y: 4 },
    ]);
    expect(refused).toEqual(
      E.left(failed("a line needs points at two different x or more, and 2 points were given")),
    );
  });
});

test.each([
  [atMost(0.5), 0.5, "met"],
  [atMost(0.5), 0.62, "not met by 24 %"],
  [atLeast(0.99), 0.995, "met"],
  [atLeast(0.99), 0.5, "not met by 49 %"],
  [atMost(1), 1.004, "not met by 0.4 %"],
  [atMost(1), Number.NaN, "not met"],
  [null, 3, "no goal"],
])("the goal %j and the figure %d: %s", (goal, value, verdict) => {
  expect(verdictOn(goal, value)).toBe(verdict);
});

/** A side that records its name and takes the given times, in their order. */
const noted = (name: string, diary: string[], times: readonly number[]): Side => {
  const left = [...times];
  return {
    name,
    run: async () => {
      diary.push(name);
      return left.shift() ?? 0;
    },
  };
};

describe("a pair", () => {
  test("alternates, and each round begins with the other side", async () => {
    const diary: string[] = [];
    const turns = await alternate(noted("a", diary, [100, 2, 4, 6]), noted("b", diary, [100, 1, 8, 3]), {
      rounds: 3,
      warmups: 1,
    });
    expect(diary.join("")).toBe("abbaabba");
    expect(turns).toEqual({ ours: [2, 4, 6], theirs: [1, 8, 3] });
  });

  test("gives the ratios of its rounds", () => {
    const names = { ours: "a", theirs: "b" };
    const compared = compareTurns("pair", names, { ours: [2, 4, 6], theirs: [1, 8, 3] }, atMost(1));
    expect(compared.ratio).toMatchObject({ count: 3, minimum: 0.5, median: 2, ofMinima: 2 });
    expect(compared.ours).toMatchObject({ name: "a", minimum: 2, median: 4 });
    expect(compared.theirs).toMatchObject({ name: "b", minimum: 1, median: 3 });
    expect(compared.verdict).toBe("not met by 100 %");
  });

  test("whose side throws is an error in one line", async () => {
    const broken: Side = { name: "b", run: () => Promise.reject(new Error("no memory\nat all")) };
    const pair = { name: "pair", ours: noted("a", [], []), theirs: broken, goal: null };
    expect(await measurePair(pair, { rounds: 1, warmups: 0 })()).toEqual(E.left(failed("no memory")));
  });
});

describe("the machine", () => {
  const cpuinfo = [
    "processor : 0\nphysical id\t: 0\ncore id\t\t: 0\nflags\t\t: fpu sse4_2 avx2 fma avx512f hypervisor",
    "processor : 1\nphysical id\t: 0\ncore id\t\t: 0\nflags\t\t: fpu sse4_2 avx2 fma avx512f hypervisor",
    "processor : 2\nphysical id\t: 1\ncore id\t\t: 0\nflags\t\t: fpu sse4_2 avx2 fma avx512f hypervisor",
  ].join("\n\n");

  test("is described by what affects the figures", () => {
    expect(instructionsIn(cpuinfo)).toEqual(["sse4_2", "avx2", "fma", "avx512f"]);
    expect(physicalCoresIn(cpuinfo)).toBe(2);
    expect(physicalCoresIn("processor : 0\n")).toBe(null);
    expect(instructionsIn("")).toEqual([]);
  });

  test("is described without its name or the rest of its kernel's", () => {
    expect(Object.keys(describeMachine()).toSorted()).toEqual(
      ["instructions", "logicalCores", "memory", "physicalCores", "processor", "system"].toSorted(),
    );
    expect(describeMachine().system).toMatch(/^\w+ \d+\.\d+ \w+$/);
  });
});

test("the picture is the same on every machine, and has detail", async () => {
  const { data } = photograph(64, 48);
  expect(data.length).toBe(64 * 48 * 3);
  const { channels, entropy } = await sharp(data, { raw: { width: 64, height: 48, channels: 3 } }).stats();
  for (const { stdev } of channels) expect(stdev).toBeGreaterThan(20);
  expect(entropy).toBeGreaterThan(5);
  expect([...photograph(64, 48).data.subarray(0, 3000)]).toEqual([...data.subarray(0, 3000)]);
  expect(data.subarray(0, 6).join()).toBe("22,34,45,26,38,49");
});

const comparison = (name: string, ours: number, theirs: number): Comparison =>
  compareTurns(
    name,
    { ours: "us", theirs: "<them> & co" },
    { ours: [ours, ours * 1.1], theirs: [theirs, theirs] },
    atMost(0.5),
  );

const grown = right(
  growth({
    name: "time",
    xName: "the picture",
    xUnit: "megapixel",
    yName: "time",
    yUnit: "s",
    points: [
      { x: 0.01, y: 9 },
      { x: 1, y: 3 },
      { x: 2, y: 5 },
    ],
    fittedFrom: 1,
  }),
);

const measured: readonly Measured[] = [
  comparison("against <them> & co", 3, 4),
  comparison("against others", 1, 30),
  figure("R^2", 0.5, "", atLeast(0.99)),
  grown,
  notRun("against the third", missing("the third", "install it")),
];

const rowOf = (name: string, run: Row["run"]): Row => ({
  name,
  title: `The row ${name}`,
  measures: "Something.",
  run,
});

const sample: Result = resultOf(
  rowOf("sample", () => TE.right(measured)),
  {
    date: new Date("2026-11-25T10:00:00Z"),
    runtime: "onnx",
    machine: {
      processor: "A processor",
      logicalCores: 4,
      physicalCores: 2,
      memory: 8,
      instructions: ["avx2"],
      system: "Linux 6.1 x64",
    },
    versions: { node: "22.0.0" },
  },
  measured,
);

describe("a result", () => {
  test("is written with everything that it needs to be understood", () => {
    const written = JSON.parse(resultJson(sample));
    expect(Object.keys(written)).toEqual([
      "format",
      "name",
      "title",
      "measures",
      "date",
      "runtime",
      "machine",
      "versions",
      "measured",
    ]);
    expect(written).toMatchObject({ format: "tadsr-bench-1", name: "sample", date: "2026-11-25" });
    expect(written.measured.map(({ kind }: Measured) => kind)).toEqual([
      "comparison",
      "comparison",
      "figure",
      "growth",
      "not run",
    ]);
    expect(written.measured[0]).toMatchObject({
      name: "against <them> & co",
      ours: { name: "us", minimum: 3, samples: [3, 3.3] },
      theirs: { median: 4, spread: 0 },
      ratio: { count: 2, minimum: 0.75, median: 0.7875, ofMinima: 0.75 },
      goal: { bound: "at most", value: 0.5 },
      verdict: "not met by 58 %",
    });
    expect(written.measured[4].reason).toEqual({ _tag: "Missing", what: "the third", remedy: "install it" });
  });

  test("is printed with its ratios, verdicts, machine and versions", () => {
    const lines = report(sample);
    expect(lines.find((line) => line.startsWith("against <them>"))).toMatch(
      /0\.788 .*0\.75 .*at most 0\.5 +not met by 58 %$/,
    );
    expect(lines.find((line) => line.startsWith("against others"))).toMatch(/at most 0\.5 +met$/);
    expect(lines).toContain("against the third: not run: the third is missing; install it");
    expect(lines).toContain(
      "time: time = 1 s + 2 s per megapixel of the picture, R^2 1.0000, fitted to 2 of 3 points",
    );
    expect(lines).toContain("R^2: 0.5; at least 0.99, not met by 49 %");
    expect(lines.at(-2)).toBe(
      "2026-11-25, runtime onnx; A processor, 2 cores, 4 threads, 8 GiB, avx2; Linux 6.1 x64",
    );
    expect(lines.at(-1)).toBe("node 22.0.0");
  });
});

/** The names of the elements that are open at the end of the text. Throws if one is closed out of order. */
const openElements = (markup: string): readonly string[] => {
  const open: string[] = [];
  for (const [, closes, name = "", empty] of markup.matchAll(
    /<(\/?)([a-z]+)(?:\s[\w:-]+="[^"<]*")*\s*(\/?)>/g,
  )) {
    if (empty === "/") continue;
    if (closes !== "/") open.push(name);
    else if (open.pop() !== name) throw new Error(`</${name}> closes another element`);
  }
  return open;
};

describe("the plot", () => {
  const svg = plot(sample);

  test("is well formed, and text in it is escaped", async () => {
    expect(openElements(svg)).toEqual([]);
    expect(svg).toContain("against &lt;them&gt; &amp; co");
    expect(svg.replaceAll(/<[^<>]*>/g, "")).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;)/);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const { width = 0, height = 0, format } = await sharp(Buffer.from(svg)).metadata();
    expect([format, width]).toEqual(["svg", 820]);
    expect(height).toBeGreaterThan(300);
  });

  test("has colours for a light page and a dark one", () => {
    expect(svg).toContain(".ground{fill:#ffffff}");
    expect(svg).toMatch(/@media\(prefers-color-scheme:dark\)\{\.ground\{fill:#12161d\}/);
  });

  test("keeps the order of the figures on its axes", () => {
    const log = logScale(0.03, 1, 0, 100);
    expect(log.ticks).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1]);
    expect([log.at(0.02), log.at(1)]).toEqual([0, 100]);
    const linear = linearScale(4.3, 100, 0);
    expect(linear.ticks).toEqual([0, 1, 2, 3, 4, 5]);
    expect([linear.at(0), linear.at(5)]).toEqual([100, 0]);
    expect(logScale(1, 1, 0, 100).at(1)).toBe(0);
  });
});

/** Runs the benchmark's command line with trivial rows, in its own folder. */
const command = async (given: readonly Row[], args: readonly string[]) => {
  const results = mkdtempSync(join(tmpdir(), "tadsr-bench-test-"));
  try {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runBench(given, args, { out: (l) => out.push(l), err: (l) => err.push(l), results });
    const files = readdirSync(results).toSorted();
    const texts = files.map((file) => readFileSync(join(results, file), "utf8"));
    return { code, out, err, files, texts };
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
};

describe("the command", () => {
  const good = rowOf("good", () => TE.right(measured));
  const absent = rowOf("absent", () => TE.left(missing("PyTorch", "install it")));
  const broken = rowOf("broken", () => TE.left(failed("it broke")));

  test("refuses an unknown name in one line that lists the known ones", async () => {
    const { code, out, err, files } = await command(rows, ["smal"]);
    expect([code, out, files]).toEqual([2, [], []]);
    expect(err).toEqual([
      `bench: there is no row smal; there are ${rows.map(({ name }) => name).join(", ")}`,
    ]);
  });

  test.each([
    [["--rounds", "0"], "bench: --rounds is 0; give a whole number from 1"],
    [["--fast"], expect.stringMatching(/^bench: Unknown option '--fast'.* \[--runtime onnx\]/)],
  ])("refuses %j in one line", async (args, line) => {
    const { code, err } = await command([good], args);
    expect(code).toBe(2);
    expect(err).toEqual([line]);
  });

  test("runs the rows that are named, in their order, and writes JSON and a plot", async () => {
    const { code, out, err, files, texts } = await command([absent, good], ["good"]);
    expect([code, err]).toEqual([0, []]);
    expect(files).toEqual(["good.json", "good.svg"]);
    expect(JSON.parse(texts[0] ?? "")).toMatchObject({ name: "good", runtime: "onnx" });
    expect(texts[1]).toContain("<svg");
    expect(out[0]).toBe("good: The row good");
  });

  test("passes the runtime and the rounds to the row", async () => {
    const asked: unknown[] = [];
    const curious = rowOf("curious", ({ runtime, rounds, large }) => {
      asked.push({ runtime, rounds, large });
      return TE.right([]);
    });
    await command([curious], ["--runtime", "wasm", "--rounds", "3"]);
    await command([curious], ["--large"]);
    expect(asked).toEqual([
      { runtime: "wasm", rounds: 3, large: false },
      { runtime: "onnx", rounds: null, large: true },
    ]);
  });

  test("goes on after a missing contender, which is not a failure, and after a failure", async () => {
    const skipped = await command([absent, good], []);
    expect(skipped.code).toBe(0);
    expect(skipped.err).toEqual(["absent: not run: PyTorch is missing; install it"]);
    expect(skipped.files).toEqual(["good.json", "good.svg"]);
    const failing = await command([broken, good], []);
    expect(failing.code).toBe(1);
    expect(failing.err).toEqual(["broken: failed: it broke"]);
    expect(failing.files).toEqual(["good.json", "good.svg"]);
  });

  test("lists the rows", async () => {
    const { code, out } = await command(rows, ["--list"]);
    expect(code).toBe(0);
    expect(out).toEqual(rows.map(({ name, title }) => `${name}: ${title}`));
  });
});
