/** `schedules.json`: each schedule recomputed from its configuration in float64. */
import {
  makeSchedule,
  type Schedule,
  type ScheduleConfig,
  type ScheduleRow,
  scheduleRows,
} from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";

import { isNumbers, isObject, type JsonObject, numberOf } from "./json.ts";
import { absent, broken, compared, elementError, type Row } from "./row.ts";

/** For a dozen float64 operations in another order, for every element separately. */
const SCHEDULE_TOLERANCE = 1e-12;

interface Quantity {
  /** The name in the record. */
  readonly key: string;
  readonly value: (row: ScheduleRow) => number;
  /** Whether alpha_t is one of its factors. */
  readonly hasAlpha: boolean;
}

const QUANTITIES: readonly Quantity[] = [
  { key: "sqrt_etas", value: (row) => row.sqrtEta, hasAlpha: false },
  { key: "timestep_map", value: (row) => row.index, hasAlpha: false },
  { key: "posterior_variance", value: (row) => row.posteriorVariance, hasAlpha: true },
  { key: "posterior_mean_coef_zt", value: (row) => row.posteriorMeanOfZt, hasAlpha: false },
  { key: "posterior_mean_coef_z0", value: (row) => row.posteriorMeanOfZ0, hasAlpha: true },
  { key: "mse_weight", value: (row) => row.weight, hasAlpha: true },
];

/**
 * alpha_t is the difference of neighbouring etas, and loses digits if they are close: its relative error is that of the
 * etas times eta_t / alpha_t. With T = 1000 this factor reaches 10^5.
 */
const digitsKept =
  (rows: readonly ScheduleRow[]) =>
  (i: number): number => {
    // At t = 1 the weight of Eq 4 uses the variance at t = 2.
    const row = rows[i === 0 && rows.length > 1 ? 1 : i];
    return row === undefined ? 1 : row.alpha / row.eta;
  };

const missing = Symbol("missing");

/** The authors' names of the fields. A respacing of null means none. */
const configOf = (recorded: JsonObject): ScheduleConfig | typeof missing => {
  const steps = numberOf(recorded, "steps");
  const kappa = numberOf(recorded, "kappa");
  const minNoiseLevel = numberOf(recorded, "min_noise_level");
  const etasEnd = numberOf(recorded, "etas_end");
  const power = numberOf(recorded, "power");
  const respacing = numberOf(recorded, "timestep_respacing");
  if (steps === undefined || kappa === undefined || minNoiseLevel === undefined) return missing;
  if (etasEnd === undefined || power === undefined) return missing;
  const config = { steps, kappa, minNoiseLevel, etasEnd, power };
  return respacing === undefined ? config : { ...config, respacing };
};

/** The schedule that a record describes, or why there is none. */
export const scheduleOf = (record: unknown): E.Either<string, Schedule> => {
  const recorded = isObject(record) ? record.config : undefined;
  if (!isObject(recorded)) return E.left("it has no config");
  const config = configOf(recorded);
  if (config === missing) {
    return E.left("its config lacks one of steps, kappa, min_noise_level, etas_end, power");
  }
  return E.mapLeft(({ message }: { readonly message: string }) => message)(makeSchedule(config));
};

/** A row for each quantity of one schedule. */
export const checkSchedule = (name: string, record: unknown): readonly Row[] => {
  const entry = `schedules/${name}`;
  const schedule = scheduleOf(record);
  if (E.isLeft(schedule)) return [broken(entry, "config", schedule.left)];
  const rows = scheduleRows(schedule.right);
  const alphas = digitsKept(rows);
  return QUANTITIES.map(({ key, value, hasAlpha }) => {
    const recorded = isObject(record) ? record[key] : undefined;
    if (recorded === undefined) return absent(entry, key, `${key} is not recorded`);
    if (!isNumbers(recorded)) return broken(entry, key, `${key} is not a list of numbers`);
    const measure = elementError(hasAlpha ? alphas : undefined);
    return compared(entry, key, rows.map(value), recorded, SCHEDULE_TOLERANCE, measure);
  });
};
