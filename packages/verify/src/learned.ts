/** Compares gradients of a step, and the weights after it, with the recorded ones. */

import type { HostWeights } from "@tadsr/model";
import type { Learned } from "@tadsr/train/algorithm-one";
import { NETWORK_TOLERANCE } from "./rounding.ts";
import { absent, compared, noted, type Row, relativeError } from "./row.ts";
import type { TensorFile } from "./tensor-file.ts";

/** `student` or `D`, as in the records. */
export interface Learner {
  readonly who: string;
  readonly before: HostWeights;
  readonly learned: Learned;
  readonly rate: number;
}

/** Tensors whose names begin with the prefix, named without it. */
const under = (file: TensorFile, prefix: string): readonly string[] =>
  [...file.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));

const UPDATE_TOLERANCE = 1e-5;
/** AdamW's first step is nearly the gradient's sign. For gradients below this size the sign may be wrong. */
const NEAR_ZERO = 1e-6;
/** The same, relative to the tensor: rounding errors of a gradient are relative to its largest number. */
const NEAR_ZERO_OF_LARGEST = 1e-5;
/** A weight near 1 is rounded by a thousandth of the rate. Sums of such weights are rounded by little more. */
const CHANGE_TOLERANCE = 0.01;

interface Worst {
  readonly name: string;
  readonly error: number;
}

/** One row for all tensors of one kind. It names the worst. */
const worstRow = (entry: string, check: string, worsts: readonly Worst[], tolerance: number): Row => {
  const [first, ...others] = worsts;
  if (first === undefined) return absent(entry, check, "none is in the file");
  const worst = others.reduce((a, b) => (b.error > a.error ? b : a), first);
  const wrong = worsts.filter(({ error }) => !(error <= tolerance)).length;
  const count = worsts.length === 1 ? "1 tensor" : `${worsts.length} tensors`;
  return {
    entry,
    check,
    verdict: wrong === 0 ? "ok" : "mismatch",
    error: worst.error,
    tolerance,
    note: `${wrong === 0 ? count : `${wrong} of ${count} differ`}, the worst ${worst.name}`,
  };
};

const gradientRow = (entry: string, file: TensorFile, { who, learned }: Learner): Row => {
  const prefix = `grad.${who}.`;
  const worsts = under(file, prefix).map((name) => ({
    name,
    error: relativeError(learned.gradients[name]?.data ?? [], file.get(`${prefix}${name}`)?.data ?? []),
  }));
  return worstRow(entry, `${prefix}*`, worsts, NETWORK_TOLERANCE);
};

/** The part of a tensor's update that is compared, and its error. */
interface Update {
  readonly error: number;
  /** Largest difference between the changes, as a multiple of the rate. */
  readonly change: number;
  readonly compared: number;
}

const updateOf = (file: TensorFile, { who, before, learned, rate }: Learner, name: string): Update => {
  const recorded = file.get(`adamw.${who}.${name}`)?.data ?? new Float64Array(0);
  const gradient = file.get(`grad.${who}.${name}`)?.data;
  const [start, end] = [before[name]?.data ?? [], learned.weights[name]?.data ?? []];
  const nothing = { error: Number.POSITIVE_INFINITY, change: Number.POSITIVE_INFINITY, compared: 0 };
  if (gradient === undefined || gradient.length !== recorded.length || end.length !== recorded.length)
    return nothing;
  const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const least = Math.max(NEAR_ZERO, NEAR_ZERO_OF_LARGEST * largest);
  const kept = [...gradient.keys()].filter((i) => Math.abs(gradient[i] ?? 0) > least);
  const [ours, theirs] = [kept.map((i) => end[i] ?? Number.NaN), kept.map((i) => recorded[i] ?? Number.NaN)];
  const changes = (after: readonly number[]) => after.map((value, k) => value - (start[kept[k] ?? 0] ?? 0));
  const [own, other] = [changes(ours), changes(theirs)];
  const change = own.reduce((most, value, k) => Math.max(most, Math.abs(value - (other[k] ?? 0))), 0) / rate;
  return { error: relativeError(ours, theirs), change, compared: kept.length };
};

const updateRow = (entry: string, file: TensorFile, learner: Learner): Row => {
  const prefix = `adamw.${learner.who}.`;
  const names = under(file, prefix);
  const updates = names.map((name) => ({ name, ...updateOf(file, learner, name) }));
  const row = worstRow(entry, `${prefix}*`, updates, UPDATE_TOLERANCE);
  if (updates.length === 0) return row;
  const change = updates.reduce((most, update) => Math.max(most, update.change), 0);
  const isRight = change <= CHANGE_TOLERANCE;
  const [kept, all] = [
    updates.reduce((sum, update) => sum + update.compared, 0),
    names.reduce((sum, name) => sum + (file.get(`${prefix}${name}`)?.data.length ?? 0), 0),
  ];
  return noted(
    { ...row, verdict: row.verdict === "ok" && isRight ? "ok" : "mismatch" },
    `${kept} of ${all} numbers have a gradient that is not near 0; their changes differ by at most ${change.toExponential(1)} of the rate`,
  );
};

const normRow = (entry: string, file: TensorFile, { who, learned }: Learner): Row => {
  const name = `gradnorm.${who}`;
  const recorded = file.get(name);
  if (recorded === undefined) return absent(entry, name, `${name} is not in the file`);
  let squares = 0;
  for (const { data } of Object.values(learned.gradients)) for (const value of data) squares += value * value;
  return compared(entry, name, [Math.sqrt(squares)], recorded.data, NETWORK_TOLERANCE);
};

export const learnedRows = (entry: string, file: TensorFile, learner: Learner): readonly Row[] => [
  gradientRow(entry, file, learner),
  normRow(entry, file, learner),
  updateRow(entry, file, learner),
];

/** The rows' names, for an engine without gradients. */
export const learnedChecks = (who: string): readonly string[] => [
  `grad.${who}.*`,
  `gradnorm.${who}`,
  `adamw.${who}.*`,
];
