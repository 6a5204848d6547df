import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { progressLine, progressOn } from "../src/progress.ts";
import { leftText, NO_PACE, type Pace, paceAfter, secondsLeft } from "../src/time-left.ts";
import { memoryShell } from "./memory-shell.ts";

const amount = fc.double({ min: 1e-3, max: 1e9, noNaN: true });

describe("the time left", () => {
  it("is unknown until something was measured, then the remaining work by the pace so far", () => {
    expect(secondsLeft(NO_PACE, [5, 5], 0)).toBeNull();
    const pace = paceAfter(paceAfter(NO_PACE, 10, 1), 30, 3);
    expect(pace).toEqual({ work: 40, seconds: 4 });
    // Tiles of unlike size: 30 and 5 remain, at 10 a second.
    expect(secondsLeft(pace, [20, 30, 5], 1)).toBe(3.5);
    expect(secondsLeft(pace, [20, 30, 5], 3)).toBe(0);
  });

  it("is exact if the pace is steady, for any tiles", () => {
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 2, maxLength: 20 }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.nat(18),
        (tiles, each, at) => {
          const done = 1 + (at % (tiles.length - 1));
          const pace = tiles
            .slice(0, done)
            .reduce((so: Pace, work) => paceAfter(so, work, work * each), NO_PACE);
          const expected = tiles.slice(done).reduce((sum, work) => sum + work * each, 0);
          expect(secondsLeft(pace, tiles, done) ?? Number.NaN).toBeCloseTo(
            expected,
            -Math.log10(expected * 1e-9),
          );
        },
      ),
    );
  });

  it.each([
    [0, "0 s left"],
    [0.2, "1 s left"],
    [59, "59 s left"],
    [59.5, "1 min 00 s left"],
    [65, "1 min 05 s left"],
    [3599.5, "1 h 00 min left"],
    [3601, "1 h 01 min left"],
    [7380, "2 h 03 min left"],
    [360_000, "100 h 00 min left"],
  ])("of %d seconds is shown as %s", (seconds, text) => expect(leftText(seconds)).toBe(text));
});

describe("the progress line", () => {
  it("never fills the terminal's last column, so it never wraps", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200 }),
        fc.nat(1000),
        fc.nat(1000),
        fc.integer({ min: 1, max: 200 }),
        fc.option(fc.nat(1_000_000)),
        (name, done, total, columns, left) => {
          expect(progressLine(name, done, total, columns, left).length).toBeLessThanOrEqual(columns - 1);
        },
      ),
    );
  });

  it("shows a part, a count, the time left and the end of a long name", () => {
    const bar = `${"█".repeat(6)}${"░".repeat(18)}`;
    expect(progressLine("a.png", 1, 4, 80)).toBe(`${bar}  25 % of 4 tiles a.png`);
    expect(progressLine("a.png", 1, 4, 80, 61)).toBe(`${bar}  25 % of 4 tiles, 1 min 01 s left a.png`);
    expect(progressLine("a.png", 1, 1, 80, 0)).toBe(`${"█".repeat(24)} 100 % of 1 tile a.png`);
    expect(progressLine(`${"long/".repeat(30)}a.png`, 0, 2, 60)).toMatch(/ {3}0 % of 2 tiles ….*a\.png$/);
  });
});

const WIPE = "\r\u001b[2K";

describe("progress", () => {
  /** What is written, without the bar itself. */
  const terminal = () => {
    const memory = memoryShell("/", { isTerminal: true });
    const time = { now: 0 };
    const progress = progressOn(memory.shell, () => time.now);
    return { memory, time, progress, err: () => memory.err().replaceAll(/[█░]+ +/g, "") };
  };

  it("counts the work of unequal tiles, and keeps the pace for the next picture", () => {
    const { progress, time, err } = terminal();
    const first = progress.picture("a", (total) => Array.from({ length: total }, (_, i) => 10 * (i + 1)));
    first(0, 3);
    time.now = 2;
    // 10 operations in 2 seconds: 20 and 30 take 10.
    first(1, 3);
    time.now = 4;
    // 30 in 4: 30 take 4.
    first(2, 3);
    time.now = 10;
    first(3, 3);
    // 60 in 10. What passes between pictures is not counted.
    time.now = 100;
    const second = progress.picture("b", () => [6, 6]);
    second(0, 2);
    expect(err().split(WIPE).slice(1)).toEqual([
      "0 % of 3 tiles a",
      "33 % of 3 tiles, 10 s left a",
      "67 % of 3 tiles, 4 s left a",
      "100 % of 3 tiles a",
      "0 % of 2 tiles, 2 s left b",
    ]);
  });

  it("makes room for a line and comes back after it, but only if a bar was shown", () => {
    const { progress, memory, err } = terminal();
    const print = (line: string) => () => void memory.shell.stderr.write(`${line}\n`);
    progress.aside(print("before"));
    progress.picture("a", () => [1, 1])(0, 2);
    progress.aside(print("between"));
    progress.clear();
    progress.aside(print("after"));
    expect(err()).toBe(
      `before\n${WIPE}0 % of 2 tiles a${WIPE}between\n${WIPE}0 % of 2 tiles a${WIPE}after\n`,
    );
  });

  it("prints nothing in a pipe, and does not compute the work", () => {
    const memory = memoryShell("/");
    const progress = progressOn(memory.shell);
    const advance = progress.picture("a", () => {
      throw new Error("asked");
    });
    advance(0, 1);
    advance(1, 1);
    progress.clear();
    const printed: string[] = [];
    progress.aside(() => void printed.push("line"));
    expect({ err: memory.err(), printed }).toEqual({ err: "", printed: ["line"] });
  });
});
