/** How much memory an engine takes for what the cost interpreter counts. */
import type { Engine, EngineMemory } from "@tadsr/core";
import type { Footprint } from "./tile-cost.ts";

/** The properties of an engine by which a tile is chosen. */
export type MeasuredEngine = Pick<Engine<unknown>, "memory" | "isSlow">;

/** For an engine that does not tell: it unrolls, pads and copies, and holds 2^26 scores at a time. */
const USUAL: EngineMemory = { factor: 2, scores: 2 ** 28, limit: Number.POSITIVE_INFINITY };

const memoryOf = ({ memory = USUAL }: MeasuredEngine): EngineMemory => memory;

/** Bytes that the engine takes for one tile, beside the weights. */
export const bytesOfTile = (engine: MeasuredEngine, { results, resultsWithScores }: Footprint): number => {
  const { factor, scores } = memoryOf(engine);
  return factor * (results + Math.min(scores, resultsWithScores - results));
};

/** Of so many bytes that the process may use, those that the engine can. */
export const withinReach = (engine: MeasuredEngine, bytes: number): number =>
  Math.min(bytes, memoryOf(engine).limit);
