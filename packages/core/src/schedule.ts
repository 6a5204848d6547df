/**
 * The noise schedule: how fast the mean moves from z_0 to z_y (ResShift, models/gaussian_diffusion.py).
 *
 * It is computed in float64 with `exp` and `log` only. `pow` is avoided because its last bit differs between versions
 * of V8.
 */
import * as E from "fp-ts/lib/Either.js";
import type { Time } from "./notation.ts";

export interface ScheduleConfig {
  /** T, the number of times of the original schedule: an integer from 1 up. */
  readonly steps: number;
  /** Standard deviation of the noise at eta = 1; above 0. */
  readonly kappa: number;
  /** sqrt(eta_1) is this number, divided by kappa if kappa is above 1; above 0. */
  readonly minNoiseLevel: number;
  /** sqrt(eta_T): above sqrt(eta_1), at most 1. */
  readonly etasEnd: number;
  /** p: the schedule rises early if p is below 1 and late if it is above 1; above 0. */
  readonly power: number;
  /** S, the number of times that are kept: an integer from 1 to `steps`. All are kept if it is left out. */
  readonly respacing?: number;
}

export interface Schedule {
  readonly config: ScheduleConfig;
  /** The number of steps of this schedule: `config.respacing` if given, else `config.steps`. */
  readonly T: number;
  readonly kappa: number;
  /** By paper time: eta[0] = 0, then eta[1] < ... < eta[T]. */
  readonly eta: readonly number[];
  /** index[t - 1] is the 0-based index in the original schedule that the network is fed at time t. */
  readonly index: readonly number[];
}

export interface ScheduleError {
  readonly _tag: "InvalidSchedule";
  readonly field: keyof ScheduleConfig;
  readonly found: unknown;
  readonly allowed: string;
  /** One line with the field, what was found and what is allowed. */
  readonly message: string;
}

/** Real-world super-resolution, x4 (ResShift, configs/realsr_swinunet_realesrgan256.yaml). */
export const superResolutionSchedule: ScheduleConfig = {
  steps: 15,
  kappa: 2,
  minNoiseLevel: 0.04,
  etasEnd: 0.99,
  power: 0.3,
};

/** Blind face restoration (ResShift, configs/faceir_gfpgan512_lpips.yaml). */
export const faceRestorationSchedule: ScheduleConfig = {
  ...superResolutionSchedule,
  steps: 4,
  minNoiseLevel: 0.2,
};

const refuse = (
  field: keyof ScheduleConfig,
  found: unknown,
  allowed: string,
): E.Either<ScheduleError, never> =>
  E.left({
    _tag: "InvalidSchedule",
    field,
    found,
    allowed,
    message: `schedule: ${field} is ${String(found)}; allowed: ${allowed}`,
  });

const isPositive = (value: unknown): boolean =>
  typeof value === "number" && Number.isFinite(value) && value > 0;

const isCount = (value: unknown, most: number): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most;

const MOST_STEPS = 1_000_000;

/**
 * sqrt(eta_1): min(minNoiseLevel / kappa, minNoiseLevel). ResShift's code has sqrt(0.001) as a third bound. It is left
 * out: the published numbers of the faces' schedule (sqrt(eta_1) = 0.1) do not keep to it, and the real-world schedule
 * is below it.
 */
const firstRootEta = ({ minNoiseLevel, kappa }: ScheduleConfig): number =>
  Math.min(minNoiseLevel / kappa, minNoiseLevel);

const validate = (config: ScheduleConfig): E.Either<ScheduleError, ScheduleConfig> => {
  const { steps, kappa, minNoiseLevel, etasEnd, power, respacing } = config;
  if (!isCount(steps, MOST_STEPS)) return refuse("steps", steps, `an integer from 1 to ${MOST_STEPS}`);
  if (!isPositive(kappa)) return refuse("kappa", kappa, "a finite number above 0");
  if (!isPositive(minNoiseLevel)) return refuse("minNoiseLevel", minNoiseLevel, "a finite number above 0");
  if (!isPositive(power)) return refuse("power", power, "a finite number above 0");
  const s_1 = firstRootEta(config);
  if (!(isPositive(etasEnd) && etasEnd > s_1 && etasEnd <= 1))
    return refuse("etasEnd", etasEnd, `above sqrt(eta_1) = ${s_1} and at most 1`);
  if (respacing !== undefined && !isCount(respacing, steps))
    return refuse("respacing", respacing, `an integer from 1 to steps = ${steps}`);
  return E.right(config);
};

/**
 * sqrt(eta_t) for t = 1..T: s_1 b^((T-1) w_t), where w_t = ((t-1)/(T-1))^p and b = (s_T/s_1)^(1/(T-1)),
 * which is s_1 (s_T/s_1)^w_t. The two ends are exact.
 */
const rootEtas = (config: ScheduleConfig): readonly number[] => {
  const { steps: T, etasEnd: s_T, power } = config;
  const s_1 = firstRootEta(config);
  const range = Math.log(s_T / s_1);
  return Array.from({ length: T }, (_, i) => {
    if (i === T - 1) return s_T;
    if (i === 0) return s_1;
    const w_t = Math.exp(power * Math.log(i / (T - 1)));
    return s_1 * Math.exp(range * w_t);
  });
};

/** 0-based indices floor(T / S * i), i = 0..S-1, rounded as in ResShift, models/respace.py. */
const keptIndices = (T: number, S: number): readonly number[] =>
  Array.from({ length: S }, (_, i) => Math.floor((T / S) * i));

/**
 * The exponential schedule. If `config.respacing` is given, it is respaced: the etas at the kept times stay as they
 * are, and every alpha_t is the difference of kept neighbours.
 *
 * If T = 1, the first time is also the last, and sqrt(eta_1) = etasEnd.
 *
 * Errors: a field is out of its range; or `power` is so far from 1 that neighbouring etas are equal in float64.
 */
export const makeSchedule = (config: ScheduleConfig): E.Either<ScheduleError, Schedule> => {
  const valid = validate(config);
  if (E.isLeft(valid)) return valid;
  const original = rootEtas(config).map((s_t) => s_t * s_t);
  const repeated = original.findIndex((eta_t, i) => i > 0 && !(eta_t > (original[i - 1] ?? 0)));
  if (repeated > 0)
    return refuse(
      "power",
      config.power,
      `a power near enough to 1 that eta increases; in float64 eta_${repeated + 1} = eta_${repeated}`,
    );
  const T = config.respacing ?? config.steps;
  const index = keptIndices(config.steps, T);
  return E.right({
    config,
    T,
    kappa: config.kappa,
    eta: [0, ...index.map((i) => original[i] ?? Number.NaN)],
    index,
  });
};

/**
 * The same schedule with S of its *original* times, even if it was respaced before: `respace(schedule, S)` is
 * `makeSchedule({ ...schedule.config, respacing: S })`.
 */
export const respace = (schedule: Schedule, S: number): E.Either<ScheduleError, Schedule> =>
  makeSchedule({ ...schedule.config, respacing: S });

/**
 * eta_t. A time outside first..T throws a RangeError with the time and the range: it is a defect of the calling
 * program, not of a user's input.
 */
export const etaAt = (schedule: Schedule, t: Time, first: Time = 0): number => {
  const eta_t = t >= first ? schedule.eta[t] : undefined;
  if (eta_t === undefined)
    throw new RangeError(`time t is ${t}; allowed: an integer from ${first} to T = ${schedule.T}`);
  return eta_t;
};

/** alpha_t = eta_t - eta_{t-1}, for t = 1..T. */
export const alphaAt = (schedule: Schedule, t: Time): number =>
  etaAt(schedule, t, 1) - etaAt(schedule, t - 1);

/** The 0-based index in the original schedule that the network is fed at time t = 1..T. */
export const indexAt = (schedule: Schedule, t: Time): number => {
  etaAt(schedule, t, 1);
  return schedule.index[t - 1] ?? Number.NaN;
};
