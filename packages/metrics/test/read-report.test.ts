import { decodeReport, REPORT_FORMAT, type Report } from "@tadsr/metrics";
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { expect, test } from "vitest";
import { arbitraryReport } from "./arbitrary-report.ts";
import { sampleReport } from "./sample-report.ts";

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("reads back any report that was written", () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      expect(decodeReport(throughJson(report))).toEqual(E.right(report));
    }),
  );
});

/** The sample with the value at the path replaced; undefined takes it away. */
const changed = (path: readonly (string | number)[], value: unknown): unknown => {
  const copy = throughJson(sampleReport);
  const [last, ...before] = [...path].reverse();
  const holder = before.reverse().reduce<unknown>((at, key) => Reflect.get(Object(at), key), copy);
  Reflect.set(Object(holder), last ?? "", value);
  return throughJson(copy);
};

const at = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    "",
  );

test.each<[readonly (string | number)[], unknown]>([
  [["format"], "tadsr evaluation 0"],
  [["by"], 1],
  [["originals"], null],
  [["count"], -1],
  [["crop"], 0],
  [["border"], 0.5],
  [["degradation"], 3],
  [["scale"], "4"],
  [["seeds", 1], null],
  [["metrics", 0, "name"], ""],
  [["metrics", 1, "name"], sampleReport.metrics[0]?.name],
  [["metrics", 0, "title"], undefined],
  [["metrics", 0, "unit"], 1],
  [["metrics", 0, "better"], "most"],
  [["metrics", 0, "digits"], 101],
  [["metrics", 0, "against"], ""],
  [["metrics", 0, "about"], undefined],
  [["methods"], {}],
  [["methods", 1, "name"], sampleReport.methods[0]?.name],
  [["methods", 0, "kind"], "teacher"],
  [["methods", 0, "detail"], []],
  [["methods", 1, "parameters"], 1.5],
  [["methods", 1, "seconds"], -1],
  [["methods", 1, "pictures", 0, "name"], null],
  [["methods", 1, "pictures", 0, "seed"], "0"],
  [["methods", 1, "pictures", 0, "width"], 0],
  [["methods", 1, "pictures", 0, "height"], undefined],
  [["methods", 1, "pictures", 0, "seconds"], "1"],
  [["methods", 1, "pictures", 0, "values", "psnr"], "NaN"],
  [["methods", 1, "summary", "psnr"], 27],
  [["methods", 1, "summary", "psnr", "mean"], null],
  [["methods", 1, "summary", "psnr", "deviation"], "Infinity"],
  [["leftOut", 0, "reason"], 0],
  [["notes", 0], {}],
  [["surplus"], 1],
])("names %j if it is %j", (path, value) => {
  const decoded = decodeReport(changed(path, value));
  expect(decoded).toMatchObject({ left: { message: expect.stringMatching(/^[^\n]*expected [^\n]+$/) } });
  if (E.isLeft(decoded)) expect(decoded.left.message.startsWith(`${at(path)}: found `)).toBe(true);
});

test("names values of a metric that is not described", () => {
  const values = decodeReport(changed(["methods", 1, "pictures", 0, "values", "mos"], 1));
  expect(values).toEqual(
    E.left({
      _tag: "InvalidReport",
      message: 'methods[1].pictures[0].values: found "mos", expected one of psnr, ssim, niqe',
    }),
  );
  const summary = decodeReport(changed(["methods", 1, "summary", "mos"], { mean: 1, deviation: null }));
  expect(summary).toMatchObject({ left: { message: expect.stringContaining("methods[1].summary") } });
});

test("stays in one line if a key has several", () => {
  expect(decodeReport(changed(["methods", 1, "summary", "a\nb"], 1))).toEqual(
    E.left({ _tag: "InvalidReport", message: 'methods[1].summary["a\\nb"]: found 1, expected an object' }),
  );
});

test.each([null, [], "report", 3])("refuses %j", (value) => {
  expect(decodeReport(value)).toMatchObject({ left: { message: expect.stringContaining("an object") } });
});

test("the sample is a report", () => {
  const read: E.Either<unknown, Report> = decodeReport(throughJson(sampleReport));
  expect(read).toEqual(E.right(sampleReport));
  expect(sampleReport.format).toBe(REPORT_FORMAT);
});
