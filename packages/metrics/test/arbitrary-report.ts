/** Reports of any content that the types allow, for properties. */
import {
  decodeValue,
  type MethodReport,
  type MetricDescription,
  type PictureResult,
  REPORT_FORMAT,
  type Report,
  type Value,
} from "@tadsr/metrics";
import fc from "fast-check";

/** JSON has no negative zero. */
const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0);

const arbitraryValue: fc.Arbitrary<Value> = fc.oneof(
  { weight: 9, arbitrary: finite },
  { weight: 1, arbitrary: fc.constant("Infinity" as const) },
);

const count = fc.integer({ min: 0, max: 1e9 });
const seconds = fc.option(fc.double({ min: 0, max: 1e4, noNaN: true }).map((value) => value + 0));
const words = fc.string({ maxLength: 12 });
const NAMES = ["psnr", "ssim", "niqe", "lpips-alex"] as const;

/** Values by some of the metrics' names. */
const byMetric = <A>(value: fc.Arbitrary<A>): fc.Arbitrary<Readonly<Record<string, A>>> =>
  fc
    .array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries));

export const arbitraryPicture: fc.Arbitrary<PictureResult> = fc.record({
  name: words,
  seed: fc.option(fc.integer({ min: 0, max: 2 })),
  width: fc.integer({ min: 1, max: 5000 }),
  height: fc.integer({ min: 1, max: 5000 }),
  seconds,
  values: byMetric(arbitraryValue),
});

const metric = (name: string): fc.Arbitrary<MetricDescription> =>
  fc.record({
    name: fc.constant(name),
    title: words,
    unit: fc.constantFrom("", "dB"),
    better: fc.constantFrom("higher" as const, "lower" as const),
    digits: fc.integer({ min: 0, max: 6 }),
    against: fc.constantFrom("original" as const, "nothing" as const),
    about: words,
  });

const summary = fc.record({ mean: arbitraryValue, deviation: fc.option(finite.map(Math.abs)) });

const method = (name: string): fc.Arbitrary<MethodReport> =>
  fc.record({
    name: fc.constant(name),
    kind: fc.constantFrom("originals" as const, "bicubic" as const, "folder" as const, "model" as const),
    detail: words,
    parameters: fc.option(count),
    seconds,
    pictures: fc.array(arbitraryPicture, { maxLength: 3 }),
    summary: byMetric(summary).map((all) =>
      Object.fromEntries(
        Object.entries(all).map(([key, { mean, deviation }]) => [
          key,
          { mean, deviation: Number.isFinite(decodeValue(mean)) ? deviation : null },
        ]),
      ),
    ),
  });

const distinct = fc.uniqueArray(words, { maxLength: 3 });

export const arbitraryReport: fc.Arbitrary<Report> = fc.record({
  format: fc.constant(REPORT_FORMAT),
  by: words,
  originals: words,
  count,
  crop: fc.option(fc.integer({ min: 1, max: 5000 })),
  border: fc.integer({ min: 0, max: 100 }),
  degradation: fc.option(words),
  scale: fc.option(fc.integer({ min: 1, max: 8 })),
  seeds: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 3 }),
  metrics: fc.tuple(...NAMES.map(metric)),
  methods: distinct.chain((names) => fc.tuple(...names.map(method))),
  leftOut: fc.array(fc.record({ of: words, name: words, reason: words }), { maxLength: 2 }),
  notes: fc.array(words, { maxLength: 2 }),
});
