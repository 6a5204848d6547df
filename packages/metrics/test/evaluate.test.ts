/** The protocol on pictures of one colour, whose differences are known. */
import type { Picture } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import {
  type EvaluationOptions,
  evaluate,
  type Made,
  type Method,
  type Metric,
  middleOf,
  type Original,
  type Report,
} from "../src/index.ts";

const plain = (value: number, width = 8, height = 8): Picture => ({
  width,
  height,
  channels: 3,
  data: new Uint8Array(width * height * 3).fill(value),
});

const original = (name: string, picture: Picture | string): Original => ({
  name,
  read: typeof picture === "string" ? TE.left({ message: picture }) : TE.right(picture),
});

/** How much brighter a picture is than the original, and how bright it is. */
const brighter: Metric = {
  ...{ name: "brighter", title: "brighter", unit: "", better: "lower", digits: 1, about: "" },
  against: "original",
  measure: (a, b) => TE.right((a.data[0] ?? 0) - (b.data[0] ?? 0)),
};
const brightness: Metric = {
  ...brighter,
  name: "brightness",
  against: "nothing",
  measure: (a) => TE.right(a.data[0] ?? 0),
};

/** Adds to what the small picture shows. */
const adding = (name: string, amount: number, more: Partial<Method> = {}): Method => ({
  ...{ name, kind: "model", detail: "", parameters: 5, isTimed: false, isFixed: false },
  make: ({ small, original: { width, height } }) =>
    TE.right(plain((small?.data[0] ?? 0) + amount, width, height)),
  ...more,
});

/** The small picture is brighter by the seed. */
const degrading: EvaluationOptions["degrading"] = {
  name: "brighter by the seed",
  scale: 4,
  degrade: (picture, _, seed) =>
    TE.right({
      original: picture,
      small: plain((picture.data[0] ?? 0) + seed, picture.width / 4, picture.height / 4),
    }),
};

const OPTIONS: EvaluationOptions = {
  by: "a test",
  title: "pictures",
  originals: [original("a", plain(10)), original("b", plain(20))],
  methods: [adding("one", 1), adding("two", 2)],
  metrics: [brighter, brightness],
  seeds: [0, 4],
  degrading,
  crop: null,
  border: 0,
  leftOut: [],
};

const report = async (changes: Partial<EvaluationOptions> = {}): Promise<Report> => {
  const done = await evaluate({ ...OPTIONS, ...changes })();
  if (E.isLeft(done)) throw new Error(done.left.message);
  return done.right;
};

const failure = async (changes: Partial<EvaluationOptions>): Promise<string> => {
  const done = await evaluate({ ...OPTIONS, ...changes })();
  if (E.isRight(done)) throw new Error("a failure was expected");
  return done.left.message;
};

const methodOf = ({ methods }: Report, name: string) => methods.find((method) => method.name === name);

describe("evaluate", () => {
  it("degrades with each seed, measures each method, and sums up over seeds", async () => {
    const found = await report();
    expect(found).toMatchObject({ count: 2, scale: 4, degradation: "brighter by the seed", leftOut: [] });
    const one = methodOf(found, "one");
    expect(one?.pictures.map(({ name, seed, values }) => [name, seed, values.brighter])).toEqual([
      ["a", 0, 1],
      ["a", 4, 5],
      ["b", 0, 1],
      ["b", 4, 5],
    ]);
    expect(one?.summary.brighter).toEqual({ mean: 3, deviation: Math.sqrt(8) });
    expect(methodOf(found, "two")?.summary.brighter?.mean).toBe(4);
  });

  it("measures the originals themselves once, by the metrics that need no original", async () => {
    const found = await report();
    expect(found.methods[0]).toMatchObject({ name: "originals", kind: "originals" });
    expect(found.methods[0]?.summary).toEqual({ brightness: { mean: 15, deviation: null } });
    expect((await report({ metrics: [brighter] })).methods.map(({ name }) => name)).toEqual(["one", "two"]);
  });

  it("leaves out a picture for all methods if it cannot be read, made or measured", async () => {
    const lacking = adding("lacking", 0, {
      make: ({ name, small }) =>
        name === "b" ? TE.left({ message: "nothing of b" }) : TE.right(plain(small?.data[0] ?? 0)),
    });
    const found = await report({
      originals: [...OPTIONS.originals, original("c", "it is damaged"), original("d", plain(1, 2, 2))],
      methods: [adding("one", 1), lacking],
      metrics: [
        {
          ...brighter,
          measure: (a, b) =>
            a.width < 8 ? TE.left({ _tag: "TooSmall", message: "small" }) : brighter.measure(a, b),
        },
      ],
    });
    expect(found.count).toBe(1);
    expect(found.leftOut).toEqual([
      { of: "pictures", name: "b", reason: "lacking: nothing of b" },
      { of: "pictures", name: "c", reason: "it is damaged" },
      { of: "pictures", name: "d", reason: "one: brighter: small" },
    ]);
    expect(methodOf(found, "one")?.pictures.map(({ name }) => name)).toEqual(["a", "a"]);
  });

  it("says why nothing can be measured", async () => {
    expect(await failure({ originals: [] })).toBe("pictures: there are no originals");
    expect(await failure({ originals: [original("a", "it is damaged")] })).toBe(
      "pictures: none of the pictures can be measured; the first, a: it is damaged",
    );
    expect(await failure({ metrics: [{ ...brighter, measure: () => TE.right(Number.NaN) }] })).toMatch(
      /a: one: brighter: the result is not a number$/,
    );
  });

  it("measures the common part of sizes that differ a little, notes it, and refuses others", async () => {
    const short = adding("short", 0, { make: () => TE.right(plain(12, 8, 7)) });
    const found = await report({ methods: [short], seeds: [0] });
    expect(methodOf(found, "short")?.pictures[0]).toMatchObject({ width: 8, height: 7 });
    expect(found.notes).toEqual([
      "short: 2 pictures differ in size from the original; the part that both have was measured, from the upper left corner.",
    ]);
    const tiny = adding("tiny", 0, { make: () => TE.right(plain(0, 2, 2)) });
    expect(await failure({ methods: [tiny] })).toMatch(/tiny: 2 x 2 pixels, and its original has 8 x 8;/);
  });

  it("cuts the middle of each original first", async () => {
    const found = await report({ crop: 4 });
    expect(found.crop).toBe(4);
    expect(methodOf(found, "one")?.pictures[0]).toMatchObject({ width: 4, height: 4 });
    expect(await failure({ crop: 9 })).toMatch(/a: 8 x 8 pixels, smaller than the 9 x 9/);
  });

  it("crops a picture of the whole original too, and measures one of the cropped original as it is", async () => {
    const gradient: Picture = { ...plain(0), data: Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => i) };
    const same = (picture: Picture) => adding("same", 0, { isFixed: true, make: () => TE.right(picture) });
    const options = { originals: [original("a", gradient)], crop: 4, degrading: null, seeds: [] };
    const middle = middleOf(gradient, 4);
    if (E.isLeft(middle)) throw new Error(middle.left);
    for (const picture of [gradient, middle.right]) {
      const found = await report({ ...options, methods: [same(picture)] });
      expect(methodOf(found, "same")?.pictures[0]).toMatchObject({ width: 4, values: { brighter: 0 } });
      expect(found.notes).toEqual([]);
    }
  });

  it("makes the first picture of a timed method twice, and measures a fixed one once", async () => {
    let [made, time] = [0, 0];
    const counting = adding("counting", 0, {
      isTimed: true,
      make: () => {
        made++;
        time += made === 1 ? 100 : 2;
        return TE.right(plain(10));
      },
    });
    const fixed = adding("fixed", 1, { isFixed: true });
    const done: string[] = [];
    const found = await report({
      methods: [counting, fixed],
      clock: () => time,
      onProgress: (n, total, what) => done.push(`${n}/${total} ${what}`),
    });
    expect(made).toBe(5);
    expect(methodOf(found, "counting")?.seconds).toBe(2);
    expect(methodOf(found, "fixed")?.pictures.map(({ seed }) => seed)).toEqual([null, null]);
    expect(methodOf(found, "fixed")?.seconds).toBeNull();
    expect(done).toEqual([
      "0/6 a, seed 0, counting",
      "1/6 a, seed 0, fixed",
      "2/6 a, seed 4, counting",
      "3/6 b, seed 0, counting",
      "4/6 b, seed 0, fixed",
      "5/6 b, seed 4, counting",
      "6/6 ",
    ]);
  });

  it("passes on each trial's pictures, and works without a degradation", async () => {
    const seen: [string, readonly Made[]][] = [];
    const own = adding("own", 0, { kind: "folder", isFixed: true, make: () => TE.right(plain(13)) });
    const found = await report({
      methods: [own],
      seeds: [],
      degrading: null,
      onTrial: (trial, made) => {
        expect(trial.small).toBeNull();
        seen.push([trial.name, made]);
        return TE.right(undefined);
      },
    });
    expect(seen.map(([name, made]) => [name, made.map(({ picture }) => picture.data[0])])).toEqual([
      ["a", [13]],
      ["b", [13]],
    ]);
    expect(found).toMatchObject({ degradation: null, scale: null, seeds: [] });
    expect(methodOf(found, "own")?.summary.brighter).toEqual({ mean: -2, deviation: null });
    expect(await failure({ onTrial: () => TE.left({ message: "the disk is full" }) })).toMatch(
      /^the disk is full$/,
    );
  });
});
