/** `tadsr cost`: what a published model's networks cost at a size, without running them. */
import { type PublishedName, publishedModels } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { usageFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { printLine, type Shell } from "../shell.ts";
import { textTable } from "../table.ts";
import { type PartCost, partCosts, type Size } from "./parts.ts";

export interface CostOptions {
  readonly model: PublishedName;
  /** Of the low-resolution picture. */
  readonly size: Size;
  readonly json?: boolean;
}

/** A part's numbers, in the units they are printed in. */
const figuresOf = ({ part, cost }: PartCost) => {
  const { byOperation, flops, parameters, peakBytes, peakBytesWithScores } = cost;
  const of = (...names: readonly (keyof typeof byOperation)[]): number =>
    names.reduce((sum, name) => sum + (byOperation[name]?.flops ?? 0), 0);
  const layers = of("conv2d", "linear");
  const attention = of("attention", "windowAttention");
  return {
    part,
    parameters,
    layers,
    attention,
    others: flops - layers - attention,
    flops,
    peakBytes,
    peakBytesWithScores,
  };
};

const HEADER = [
  "part",
  "parameters",
  "GFLOP: in layers",
  "attention",
  "others",
  "all",
  "peak MiB",
  "with scores",
] as const;

const giga = (flops: number): string => (flops / 1e9).toFixed(1);
const mebi = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

/** Published pictures are padded to whole multiples of this. */
const MULTIPLE = 64;

export const runCost =
  (shell: Shell, { model, size, json }: CostOptions): CommandTask =>
  async () => {
    if (size.height % MULTIPLE !== 0 || size.width % MULTIPLE !== 0)
      return E.left(
        usageFailure(
          `--size ${size.width}x${size.height}: pictures are padded to multiples of ${MULTIPLE}; give such a size`,
        ),
      );
    const parts = partCosts(publishedModels[model], size);
    if (E.isLeft(parts)) return E.left(usageFailure(`--size ${size.width}x${size.height}: ${parts.left}`));
    const figures = parts.right.map(figuresOf);
    if (json === true) {
      printLine(shell, JSON.stringify({ model, size, parts: figures }));
      return E.right(0);
    }
    const rows = figures.map((f) => [
      f.part,
      String(f.parameters),
      ...[f.layers, f.attention, f.others, f.flops].map(giga),
      ...[f.peakBytes, f.peakBytesWithScores].map(mebi),
    ]);
    const alignments = [
      "left",
      ...Array.from({ length: HEADER.length - 1 }, () => "right" as const),
    ] as const;
    for (const line of textTable([HEADER, ...rows], alignments)) printLine(shell, line);
    return E.right(0);
  };
