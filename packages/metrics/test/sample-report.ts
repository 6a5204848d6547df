/** A small report: the originals, bicubic and two models on two pictures with two seeds. */
import {
  type MethodReport,
  type MetricDescription,
  type PictureResult,
  REPORT_FORMAT,
  type Report,
  summarise,
  type Value,
} from "@tadsr/metrics";

const metrics: readonly MetricDescription[] = [
  {
    name: "psnr",
    title: "PSNR",
    unit: "dB",
    better: "higher",
    digits: 2,
    against: "original",
    about: "Peak signal-to-noise ratio of the luma.",
  },
  {
    name: "ssim",
    title: "SSIM",
    unit: "",
    better: "higher",
    digits: 4,
    against: "original",
    about: "Structural similarity of the luma, with a Gaussian window of 11 pixels.",
  },
  {
    name: "niqe",
    title: "NIQE",
    unit: "",
    better: "lower",
    digits: 3,
    against: "nothing",
    about: "Distance from the statistics of natural pictures.",
  },
];

type Values = Readonly<Record<string, Value>>;

/** Of picture a with seeds 0 and 1, then of picture b. */
const results = (seconds: number | null, values: readonly Values[]): readonly PictureResult[] =>
  values.map((each, i) => ({
    name: i < 2 ? "a" : "b",
    seed: i % 2,
    width: 96,
    height: 64,
    seconds,
    values: each,
  }));

const method = (
  description: Pick<MethodReport, "name" | "kind" | "detail" | "parameters" | "seconds">,
  values: readonly Values[],
): MethodReport => {
  const pictures = results(description.seconds, values);
  return { ...description, pictures, summary: summarise(pictures, metrics) };
};

export const sampleReport: Report = {
  format: REPORT_FORMAT,
  by: "tadsr 0.1.0",
  originals: "Set2",
  count: 2,
  crop: null,
  border: 4,
  degradation: "bicubic",
  scale: 4,
  seeds: [0, 1],
  metrics,
  methods: [
    method({ name: "originals", kind: "originals", detail: "Set2", parameters: null, seconds: null }, [
      { niqe: 3 },
      { niqe: 3 },
      { niqe: 4 },
      { niqe: 4 },
    ]),
    method({ name: "bicubic", kind: "bicubic", detail: "bicubic x4", parameters: null, seconds: 0.0123 }, [
      { psnr: 26, ssim: 0.75, niqe: 7 },
      { psnr: 26, ssim: 0.75, niqe: 7 },
      { psnr: 28, ssim: 0.75, niqe: 8 },
      { psnr: 28, ssim: 0.75, niqe: 8 },
    ]),
    method(
      { name: "small-x4", kind: "model", detail: "1 step, onnx", parameters: 3_712_345, seconds: 1.27 },
      [
        { psnr: 28, ssim: 0.8, niqe: 5 },
        { psnr: 29, ssim: 0.8, niqe: 5 },
        { psnr: 30, ssim: 0.8, niqe: 6 },
        { psnr: 31, ssim: 0.8, niqe: 6 },
      ],
    ),
    method({ name: "copy", kind: "folder", detail: "copies", parameters: null, seconds: null }, [
      { psnr: "Infinity", ssim: 1, niqe: 3 },
      { psnr: "Infinity", ssim: 1, niqe: 3 },
      { psnr: "Infinity", ssim: 1, niqe: 4 },
      { psnr: "Infinity", ssim: 1, niqe: 4 },
    ]),
  ],
  leftOut: [{ of: "copy", name: "c", reason: "no original has this name" }],
  notes: ["b was cut to 96x64, since its sides are no multiples of 4."],
};
