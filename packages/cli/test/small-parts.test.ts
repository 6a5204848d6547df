import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { InvalidArgumentError } from "commander";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { fileReason, firstLine, modelLine } from "../src/failure.ts";
import { handleInterrupts } from "../src/interrupt.ts";
import { finiteNumber, wholeNumber } from "../src/options.ts";
import { textTable } from "../src/table.ts";
import { VERSION } from "../src/version.ts";

describe("option values", () => {
  const refuses = (parse: (text: string) => number, text: string): boolean => {
    try {
      parse(text);
      return false;
    } catch (thrown) {
      return thrown instanceof InvalidArgumentError;
    }
  };

  it("whole numbers are decimal digits within their range", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
        expect(wholeNumber(0)(String(value))).toBe(value);
      }),
    );
    for (const text of ["abc", "", " ", "1.5", "1e3", "0x10", "-1", "9007199254740992", "Infinity", "NaN"]) {
      expect([text, refuses(wholeNumber(0), text)]).toEqual([text, true]);
    }
    expect(wholeNumber(1, 8)("8")).toBe(8);
    expect(refuses(wholeNumber(1, 8), "9")).toBe(true);
    expect(refuses(wholeNumber(1, 8), "0")).toBe(true);
  });

  it("numbers are finite", () => {
    expect([finiteNumber("0.3"), finiteNumber("-1e-3")]).toEqual([0.3, -0.001]);
    for (const text of ["", "x", "Infinity", "1,5"]) expect(refuses(finiteNumber, text)).toBe(true);
  });
});

describe("tables", () => {
  it("aligns columns and leaves no space at the end of a line", () => {
    expect(
      textTable(
        [
          ["a", "1", "x"],
          ["bb", "10"],
        ],
        ["left", "right", "left"],
      ),
    ).toEqual(["a    1  x", "bb  10"]);
  });
});

describe("messages", () => {
  it("are first lines, and reasons in words", () => {
    expect(firstLine(new Error("\n  one\ntwo"))).toBe("one");
    expect(firstLine("text")).toBe("text");
    expect(fileReason(Object.assign(new Error("x"), { code: "ENOSPC" }))).toBe("the disk is full");
    expect(fileReason(new Error("odd\nstack"))).toBe("odd");
    const ofLibvips = (words: string): Error =>
      new Error(`/photos/.tadsr-x/a.png: write error\nsystem error: ${words}\nwbuffer_write: write failed`);
    expect(fileReason(ofLibvips("No space left on device"))).toBe("the disk is full");
    expect(fileReason(ofLibvips("Input/output error"))).toBe("Input/output error");
  });

  it("of a model with many faults name the first and count the others", () => {
    expect(modelLine({ message: "m: wrong" }).message).toBe("m: wrong");
    expect(modelLine({ message: "m: wrong: 3 tensors differ:\n  a\n  b\n  c" }).message).toBe(
      "m: wrong: 3 tensors differ: a (and 2 more)",
    );
  });
});

describe("the version", () => {
  it("is the package's", () => {
    const file = join(dirname(fileURLToPath(import.meta.url)), "../package.json");
    expect(VERSION).toBe((JSON.parse(readFileSync(file, "utf8")) as { version: string }).version);
  });
});

describe("interruption", () => {
  const before = { SIGINT: process.listeners("SIGINT"), SIGTERM: process.listeners("SIGTERM") };
  afterEach(() => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      for (const listener of process.listeners(signal)) {
        if (!before[signal].includes(listener)) process.off(signal, listener);
      }
    }
  });

  it("undoes what is registered, last first, and exits at once", () => {
    const events: string[] = [];
    const onInterrupt = handleInterrupts((code) => void events.push(`leave ${code}`));
    onInterrupt(() => void events.push("first"));
    const forget = onInterrupt(() => void events.push("forgotten"));
    onInterrupt(() => void events.push("last"));
    forget();
    process.emit("SIGTERM");
    expect(events).toEqual(["last", "first", "leave 143"]);
  });

  it("waits for what takes time, but not after a second signal", async () => {
    const codes: number[] = [];
    const onInterrupt = handleInterrupts((code) => void codes.push(code));
    let finish: () => void = () => undefined;
    onInterrupt(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    process.emit("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(codes).toEqual([]);
    process.emit("SIGINT");
    expect(codes).toEqual([130]);
    finish();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(codes).toEqual([130, 130]);
  });
});
