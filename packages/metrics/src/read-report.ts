/** Reads a report from JSON, field by field: gives the report, or what is wrong and where. */
import {
  accept,
  constant,
  type Decoder,
  type Fault,
  list,
  record,
  shown,
  text,
  whole,
} from "@tadsr/model/decoders";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import type { MetricDescription } from "./metric.ts";
import {
  type LeftOut,
  type MethodReport,
  type PictureResult,
  REPORT_FORMAT,
  type Report,
  type Summary,
  type Value,
} from "./report.ts";

/** Why there is no report, or no such table of it. The message is one line; the caller adds the file's name. */
export type ReportError =
  /** The value is no report. The message has the field's name. */
  | { readonly _tag: "InvalidReport"; readonly message: string }
  /** The report has no such method or column. */
  | { readonly _tag: "NotInReport"; readonly message: string };

const MOST = 1_000_000;
const MOST_DIGITS = 20;

const anyText = accept("a text", (value): value is string => typeof value === "string");

const notNegative = accept(
  "a number from 0",
  (value): value is number => Number.isFinite(value) && Number(value) >= 0,
);

const measured = accept(
  'a number, "Infinity" or "-Infinity"',
  (value): value is Value => Number.isFinite(value) || value === "Infinity" || value === "-Infinity",
);

const wholeNumber = whole(0, Number.MAX_SAFE_INTEGER);
const side = whole(1, Number.MAX_SAFE_INTEGER);
const items = <A>(decoder: Decoder<A>): Decoder<readonly A[]> => list(decoder, 0, MOST);

const orNull =
  <A>(decoder: Decoder<A>): Decoder<A | null> =>
  (value, path) =>
    value === null
      ? E.right(null)
      : E.mapLeft((fault: Fault) =>
          fault.path === path ? { ...fault, expected: `${fault.expected}, or null` } : fault,
        )(decoder(value, path));

const oneOf = <A extends string>(...allowed: readonly A[]): Decoder<A> =>
  accept(allowed.map((each) => JSON.stringify(each)).join(" or "), (value): value is A =>
    allowed.some((each) => each === value),
  );

/** An object with any names, whose values `decoder` reads. */
const named =
  <A>(decoder: Decoder<A>): Decoder<Readonly<Record<string, A>>> =>
  (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return E.left({ path, expected: "an object", found: shown(value) });
    const read: [string, A][] = [];
    for (const [key, each] of Object.entries(value)) {
      const decoded = decoder(
        each,
        /^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`,
      );
      if (E.isLeft(decoded)) return decoded;
      read.push([key, decoded.right]);
    }
    return E.right(Object.fromEntries(read));
  };

const metric = record<MetricDescription>({
  name: text,
  title: anyText,
  unit: anyText,
  better: oneOf("higher", "lower"),
  digits: whole(0, MOST_DIGITS),
  against: oneOf("original", "nothing"),
  about: anyText,
});

const picture = record<PictureResult>({
  name: anyText,
  seed: orNull(wholeNumber),
  width: side,
  height: side,
  seconds: orNull(notNegative),
  values: named(measured),
});

const method = record<MethodReport>({
  name: anyText,
  kind: oneOf("originals", "bicubic", "folder", "model"),
  detail: anyText,
  parameters: orNull(wholeNumber),
  seconds: orNull(notNegative),
  pictures: items(picture),
  summary: named(record<Summary>({ mean: measured, deviation: orNull(notNegative) })),
});

const fields = record<Report>({
  format: constant(REPORT_FORMAT),
  by: anyText,
  originals: anyText,
  count: wholeNumber,
  crop: orNull(side),
  border: wholeNumber,
  degradation: orNull(anyText),
  scale: orNull(side),
  seeds: items(wholeNumber),
  metrics: items(metric),
  methods: items(method),
  leftOut: items(record<LeftOut>({ of: anyText, name: anyText, reason: anyText })),
  notes: items(anyText),
});

/** A name must be unique, because tables find things by name. */
const distinct = (path: string, all: readonly { readonly name: string }[]): readonly Fault[] => {
  const names = all.map(({ name }) => name);
  const again = names.findIndex((name, i) => names.indexOf(name) < i);
  return again < 0
    ? []
    : [
        {
          path: `${path}[${again}].name`,
          expected: "another name than those before",
          found: shown(names[again]),
        },
      ];
};

/** Checks of several fields: names are unique, and values belong to metrics that the report describes. */
const faultsBetween = ({ metrics, methods }: Report): readonly Fault[] => {
  const known = new Set(metrics.map(({ name }) => name));
  const expected = known.size === 0 ? "no value, as metrics is empty" : `one of ${[...known].join(", ")}`;
  const unknown = (path: string, values: Readonly<Record<string, unknown>>): readonly Fault[] =>
    Object.keys(values)
      .filter((name) => !known.has(name))
      .map((name) => ({ path, expected, found: shown(name) }));
  return [
    ...distinct("metrics", metrics),
    ...distinct("methods", methods),
    ...methods.flatMap(({ summary, pictures }, i) => [
      ...unknown(`methods[${i}].summary`, summary),
      ...pictures.flatMap(({ values }, j) => unknown(`methods[${i}].pictures[${j}].values`, values)),
    ]),
  ];
};

/** Checks the parsed content of a JSON file. */
export const decodeReport = (value: unknown): E.Either<ReportError, Report> =>
  pipe(
    fields(value, ""),
    E.chain((report): E.Either<Fault, Report> => {
      const [fault] = faultsBetween(report);
      return fault === undefined ? E.right(report) : E.left(fault);
    }),
    E.mapLeft(({ path, expected, found }) => ({
      _tag: "InvalidReport",
      message: `${path === "" ? "" : `${path}: `}found ${found}, expected ${expected}`,
    })),
  );
