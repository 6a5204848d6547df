/** A network's recorded calls, which are numbered. */
import { absent, type Row } from "./row.ts";
import type { TensorFile } from "./tensor-file.ts";

/** The numbers of the recorded calls, in order: of `0.x`, `0.y`, `1.x` and so on. */
const callsOf = (file: TensorFile): readonly number[] => {
  const calls = [...file.keys()].flatMap((name) => /^(\d+)\.(x|y)$/.exec(name)?.[1] ?? []);
  return [...new Set(calls.map(Number))].sort((a, b) => a - b);
};

/** A row for each recorded call, one after another; none if there is no record. `tensors` are what a call needs. */
export const callRows = async (
  io: TensorFile | null,
  tensors: readonly string[],
  rowOf: (io: TensorFile, call: number) => Promise<Row>,
): Promise<readonly Row[]> => {
  if (io === null) return [];
  const calls = callsOf(io);
  const needed = tensors.map((name) => `0.${name}`).join(", ");
  if (calls.length === 0) return [absent("", "call 0", `${needed} are not in the file`)];
  const rows: Row[] = [];
  for (const call of calls) rows.push(await rowOf(io, call));
  return rows;
};
