/** `schedules.json`: each schedule recomputed from its configuration in float64. */
import { makeSchedule, type Schedule, type ScheduleConfig } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { type ScheduleRow, scheduleRows } from "../schedule/rows.ts";
import { isNumbers, isObject, type JsonObject, numberOf } from "./json.ts";
import { absent, broken, compared, type Row } from "./row.ts";

/** float64 arithmetic of a dozen operations in another order. */
export const SCHEDULE_TOLERANCE = 1e-12;

/** The recorded names of the quantities, and what they are here. */
const QUANTITIES: readonly (readonly [string, (row: ScheduleRow) => number])[] = [
  ["sqrt_etas", (row) => row.sqrtEta],
  ["timestep_map", (row) => row.index],
  ["posterior_variance", (row) => row.posteriorVariance],
  ["posterior_mean_coef_zt", (row) => row.posteriorMeanOfZt],
  ["posterior_mean_coef_z0", (row) => row.posteriorMeanOfZ0],
  ["mse_weight", (row) => row.weight],
];

const missing = Symbol("missing");

/** The authors' names of the fields; a respacing of null is none. */
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

/** The schedule a record describes, or why there is none. */
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
  return QUANTITIES.map(([key, value]) => {
    const recorded = isObject(record) ? record[key] : undefined;
    if (recorded === undefined) return absent(entry, key, `${key} is not recorded`);
    return isNumbers(recorded)
      ? compared(entry, key, rows.map(value), recorded, SCHEDULE_TOLERANCE)
      : broken(entry, key, `${key} is not a list of numbers`);
  });
};
