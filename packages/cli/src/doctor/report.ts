/** What `doctor` finds, as data and as lines. */
import type { Work } from "@tadsr/runtime-node";
import type { AutoChoice, Examined, ExaminedMachine } from "@tadsr/runtime-node/examine";
import { textTable } from "../table.ts";

export interface DoctorReport extends ExaminedMachine {
  /** The version of tadsr. */
  readonly tadsr: string;
  readonly runtimes: readonly Examined[];
  /** What `--runtime auto` takes. */
  readonly auto: Readonly<Record<Work, AutoChoice>>;
}

const MEBIBYTE = 2 ** 20;

const size = (bytes: number): string =>
  bytes < 1024 * MEBIBYTE
    ? `${(bytes / MEBIBYTE).toFixed(1)} MiB`
    : `${(bytes / 1024 / MEBIBYTE).toFixed(1)} GiB`;

const cacheText = ({ folder, bytes, problem }: ExaminedMachine["cache"]): string =>
  folder === null
    ? "none, because TADSR_CACHE is empty"
    : `${folder}, ${size(bytes)}, ${problem ?? "it can be written"}`;

/** `webgpu 0: Name`, for each graphics card that a runtime can choose. */
const cards = (runtimes: readonly Examined[]): readonly string[] =>
  runtimes.flatMap((one) =>
    one.status === "ready" ? (one.devices ?? []).map((name, i) => `${one.name} ${i}: ${name}`) : [],
  );

const speed = (figure: number | null): string => (figure === null ? "-" : figure.toPrecision(3));

const cells = (one: Examined): readonly string[] => {
  if (one.status === "missing") return [one.name, "missing", "", "", `${one.missing}; ${one.remedy}`];
  if (one.status === "failed") return [one.name, "failed", "", "", one.message];
  return [one.name, "ready", speed(one.upscaling), speed(one.training), one.notes.join("; ")];
};

const HEADER = ["runtime", "", "GFLOP/s", "in training", ""] as const;

const autoText = ({ runtime, why }: AutoChoice): string => (runtime === null ? why : `${runtime}, ${why}`);

export const reportLines = (report: DoctorReport): readonly string[] => {
  const { memory, cores, runtimes, auto } = report;
  const found = cards(runtimes);
  return [
    ...textTable(
      [
        ["tadsr", report.tadsr],
        ["Node", report.nodeProblem ?? report.node],
        ["system", report.platform],
        ["processor", `${report.processor}, ${cores} ${cores === 1 ? "core" : "cores"}`],
        ["memory", `${size(memory.total)}, of which ${size(memory.usable)} can be used now`],
        ["cache", cacheText(report.cache)],
        ...(found.length === 0 ? ["none that can be used"] : found).map((card, i) => [
          i === 0 ? "graphics cards" : "",
          card,
        ]),
      ],
      ["left", "left"],
    ),
    "",
    ...textTable([HEADER, ...runtimes.map(cells)], ["left", "left", "right", "right", "left"]),
    "",
    `auto for upscaling: ${autoText(auto.upscaling)}`,
    `auto for training: ${autoText(auto.training)}`,
  ];
};
