/** What the runtimes were measured to compute, kept in the cache's folder for `auto`. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as TE from "fp-ts/lib/TaskEither.js";
import { graphicsCards } from "./graphics-cards.ts";
import { processorKind } from "./onnx/processor.ts";
import type { RuntimeEntries, RuntimeEntry } from "./runtime-entry.ts";

/** What is computed. Training needs gradients. */
export type Work = "upscaling" | "training";

/** A runtime's speed in 10^9 operations in a second. null: it has no gradients. */
export interface Figure extends Readonly<Record<Work, number | null>> {
  readonly name: string;
}

/** The file in the cache's folder. */
export const FIGURES_FILE = "measured-runtimes.json";

/** The figures cannot be written. They are of use later only, so a caller may go on. */
export interface FiguresUnwritable {
  readonly _tag: "FiguresUnwritable";
  readonly folder: string;
  readonly message: string;
}

/**
 * All that figures depend on: the program with its version, Node, the processor, the graphics cards as far as the system
 * tells, and the libraries' versions.
 */
export const circumstancesOf = <Name extends string>(
  entries: RuntimeEntries<Name>,
  program: string,
): readonly string[] => [
  program,
  `node ${process.versions.node}`,
  processorKind(),
  ...graphicsCards(process.env),
  ...Object.values<RuntimeEntry>(entries).map(({ versions }) => versions?.() ?? ""),
];

const isSpeed = (value: unknown): boolean => value === null || (typeof value === "number" && value > 0);

const isFigure = (value: unknown): value is Figure =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  isSpeed(Reflect.get(value, "upscaling")) &&
  isSpeed(Reflect.get(value, "training"));

/** Replaces the figures. `folder` is the cache's. */
export const keepFigures = (
  folder: string,
  circumstances: readonly string[],
  figures: readonly Figure[],
): TE.TaskEither<FiguresUnwritable, void> =>
  TE.tryCatch(
    async () => {
      const only = figures.map(({ name, upscaling, training }) => ({ name, upscaling, training }));
      await mkdir(folder, { recursive: true });
      // The cache of models removes such folders if a killed process left them.
      const draft = await mkdtemp(join(folder, ".draft-"));
      try {
        await writeFile(join(draft, FIGURES_FILE), `${JSON.stringify({ circumstances, figures: only })}\n`);
        await rename(join(draft, FIGURES_FILE), join(folder, FIGURES_FILE));
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
    },
    (thrown) => ({
      _tag: "FiguresUnwritable",
      folder,
      message: `the figures cannot be kept in ${folder} (${String(thrown instanceof Error && "code" in thrown ? thrown.code : thrown)}); name another folder in TADSR_CACHE`,
    }),
  );

/**
 * The figures that were kept under the same circumstances; none if there are none, or if something has changed since.
 * `circumstances` is asked only if there is a file.
 */
export const keptFigures = async (
  folder: string | null,
  circumstances: () => readonly string[],
): Promise<readonly Figure[]> => {
  const text = folder === null ? null : await readFile(join(folder, FIGURES_FILE), "utf8").catch(() => null);
  if (text === null) return [];
  try {
    const kept: unknown = JSON.parse(text);
    const figures: unknown = Reflect.get(Object(kept), "figures");
    const same =
      JSON.stringify(Reflect.get(Object(kept), "circumstances")) === JSON.stringify(circumstances());
    return same && Array.isArray(figures) && figures.every(isFigure) ? figures : [];
  } catch {
    return [];
  }
};
