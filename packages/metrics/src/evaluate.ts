/**
 * The protocol of the paper's tables, for any pictures. Each original is degraded, each method upscales the small
 * picture, and the result is measured. All methods get the same small pictures, and all are measured on the same
 * pictures: a picture that one method lacks is left out for all. Pictures are read one at a time.
 */
import type { Picture } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Metric, MetricDescription } from "./metric.ts";
import { commonPart, middleOf } from "./parts.ts";
import {
  type LeftOut,
  type MethodReport,
  ORIGINALS,
  type PictureResult,
  REPORT_FORMAT,
  type Report,
} from "./report.ts";
import { encodeValue, summarise } from "./summary.ts";

/** Why something could not be made, read or measured, in one line. */
export interface Fault {
  readonly message: string;
}

/** Why there is no report. The message is one line. */
export type EvaluationError =
  /** There are no originals, or none could be measured. */
  | { readonly _tag: "NothingMeasured"; readonly message: string }
  /** `onTrial` failed. */
  | { readonly _tag: "TrialNotTaken"; readonly message: string };

export interface Original {
  /** Without extension. */
  readonly name: string;
  readonly read: TaskEither<Fault, Picture>;
}

/** One small picture, and the original it was made from. */
export interface Trial {
  readonly name: string;
  readonly seed: number | null;
  /** The original that results are compared with. */
  readonly original: Picture;
  /** Width and height of the whole original, from which that was cut. */
  readonly whole: Pick<Picture, "width" | "height">;
  /** null if nothing is degraded. Then only methods that already have their pictures can take part. */
  readonly small: Picture | null;
}

export interface Method {
  readonly name: string;
  readonly kind: MethodReport["kind"];
  readonly detail: string;
  readonly parameters: number | null;
  /** Whether its time is measured. If so, its first picture is made twice, and the second time counts. */
  readonly isTimed: boolean;
  /** Whether its pictures do not depend on the seed. If so, each is measured once. */
  readonly isFixed: boolean;
  readonly make: (trial: Trial) => TaskEither<Fault, Picture>;
}

export interface Degrading {
  /** A preset or a file. */
  readonly name: string;
  readonly scale: number;
  /** The small picture, and the original cut to a multiple of the scale. */
  readonly degrade: (
    picture: Picture,
    name: string,
    seed: number,
  ) => TaskEither<Fault, { readonly original: Picture; readonly small: Picture }>;
}

export interface EvaluationOptions {
  /** The program that evaluates, such as "tadsr 0.1.0"; "@tadsr/metrics" if left out. */
  readonly by?: string;
  /** The name of the set of originals. */
  readonly title: string;
  readonly originals: readonly Original[];
  readonly methods: readonly Method[];
  readonly metrics: readonly Metric[];
  /** Seeds of degradation and noise; none if nothing depends on them. */
  readonly seeds: readonly number[];
  readonly degrading: Degrading | null;
  /** Side of the square that is first cut from the middle of each original; null, or left out: the whole original. */
  readonly crop?: number | null;
  /** What the comparing metrics leave out at each edge, for the report; 0 if left out. */
  readonly border?: number;
  /** Pictures that were left out before. */
  readonly leftOut?: readonly LeftOut[];
  /** Seconds since some fixed moment. */
  readonly clock?: () => number;
  /** Called before each picture of a method, and at the end with `done` equal to `total`. */
  readonly onProgress?: (done: number, total: number, what: string) => void;
  /** Called after a trial, with all that was made and measured in it. An error from it ends the evaluation. */
  readonly onTrial?: (trial: Trial, made: readonly Made[]) => TaskEither<Fault, void>;
}

/** A method's picture and its measures. */
export interface Made {
  readonly method: Method;
  /** The part of the picture that was measured: the part that the original has too. */
  readonly picture: Picture;
  readonly isCut: boolean;
  readonly result: PictureResult;
}

interface Setting extends EvaluationOptions {
  readonly now: () => number;
  /** Methods whose first picture has been made, before the one that is timed. */
  readonly warm: Set<Method>;
}

const describe = ({ measure: _, ...description }: Metric): MetricDescription => description;

const measureAll = async (
  metrics: readonly Metric[],
  picture: Picture,
  original: Picture,
): Promise<E.Either<string, PictureResult["values"]>> => {
  const values: [string, PictureResult["values"][string]][] = [];
  for (const metric of metrics) {
    const measured = await metric.measure(picture, original)();
    if (E.isLeft(measured)) return E.left(`${metric.name}: ${measured.left.message}`);
    if (Number.isNaN(measured.right)) return E.left(`${metric.name}: the result is not a number`);
    values.push([metric.name, encodeValue(measured.right)]);
  }
  return E.right(Object.fromEntries(values));
};

const timed = async (
  { now, warm }: Setting,
  method: Method,
  trial: Trial,
): Promise<E.Either<Fault, { readonly picture: Picture; readonly seconds: number | null }>> => {
  if (method.isTimed && !warm.has(method)) {
    const first = await method.make(trial)();
    if (E.isLeft(first)) return first;
    warm.add(method);
  }
  const begun = now();
  const made = await method.make(trial)();
  const seconds = method.isTimed ? now() - begun : null;
  return E.map((picture: Picture) => ({ picture, seconds }))(made);
};

const cropped = (picture: Picture, crop: number | null = null): E.Either<Fault, Picture> =>
  crop === null
    ? E.right(picture)
    : E.mapLeft((message: string): Fault => ({ message }))(middleOf(picture, crop));

/** Cuts a picture of the whole original as the original was cut. */
const cutAlike = (
  picture: Picture,
  { whole }: Trial,
  crop: number | null = null,
): E.Either<Fault, Picture> =>
  crop !== null && picture.width === whole.width && picture.height === whole.height
    ? cropped(picture, crop)
    : E.right(picture);

/** Makes and measures one method's picture. The error names the method. */
const tryMethod = async (setting: Setting, method: Method, trial: Trial): Promise<E.Either<Fault, Made>> => {
  const failed = (message: string): E.Either<Fault, never> =>
    E.left({ message: `${method.name}: ${message}` });
  const made = await timed(setting, method, trial);
  if (E.isLeft(made)) return failed(made.left.message);
  const same = cutAlike(made.right.picture, trial, setting.crop);
  if (E.isLeft(same)) return failed(same.left.message);
  const common = commonPart(same.right, trial.original);
  if (E.isLeft(common)) return failed(common.left);
  const [picture, original] = common.right;
  const values = await measureAll(setting.metrics, picture, original);
  if (E.isLeft(values)) return failed(values.left);
  const { width, height } = picture;
  const isCut = [same.right, trial.original].some(
    (whole) => whole.width !== width || whole.height !== height,
  );
  const { name } = trial;
  const seed = method.isFixed ? null : trial.seed;
  const { seconds } = made.right;
  const result = { name, seed, width, height, seconds, values: values.right };
  return E.right({ method, picture: same.right, isCut, result });
};

/** Runs one original with one seed. */
const trialOf = async (
  { degrading }: Setting,
  { name }: Original,
  { picture, whole }: { readonly picture: Picture; readonly whole: Trial["whole"] },
  seed: number | null,
): Promise<E.Either<Fault, Trial>> => {
  if (degrading === null) return E.right({ name, seed, original: picture, whole, small: null });
  const made = await degrading.degrade(picture, name, seed ?? 0)();
  return E.map((pair: { readonly original: Picture; readonly small: Picture }) => ({
    name,
    seed,
    whole,
    ...pair,
  }))(made);
};

/** The measures of one original: of each method's pictures, and of the original itself. */
interface Measured {
  readonly own: PictureResult | null;
  readonly made: readonly Made[];
}

const measureOriginal = async (
  setting: Setting,
  { name }: Original,
  picture: Picture,
): Promise<E.Either<Fault, PictureResult | null>> => {
  const alone = setting.metrics.filter(({ against }) => against === "nothing");
  if (alone.length === 0) return E.right(null);
  const values = await measureAll(alone, picture, picture);
  const { width, height } = picture;
  return E.bimap(
    (message: string): Fault => ({ message: `the original: ${message}` }),
    (found: PictureResult["values"]): PictureResult => ({
      name,
      seed: null,
      width,
      height,
      seconds: null,
      values: found,
    }),
  )(values);
};

/** An error that ends the whole evaluation, not only one picture's part in it. */
interface FinalFault extends Fault {
  readonly isFinal?: true;
}

/** Measures all for one original. The first error ends it, and the original is left out. */
const measurePicture = async (
  setting: Setting,
  original: Original,
  advance: (what: string) => void,
): Promise<E.Either<FinalFault, Measured>> => {
  const read = await original.read();
  if (E.isLeft(read)) return read;
  const picture = cropped(read.right, setting.crop);
  if (E.isLeft(picture)) return picture;
  const seeds: readonly (number | null)[] = setting.seeds.length === 0 ? [null] : setting.seeds;
  const made: Made[] = [];
  let own: PictureResult | null = null;
  for (const [n, seed] of seeds.entries()) {
    const part = { picture: picture.right, whole: read.right };
    const trial = await trialOf(setting, original, part, seed);
    if (E.isLeft(trial)) return trial;
    if (n === 0) {
      const measured = await measureOriginal(setting, original, trial.right.original);
      if (E.isLeft(measured)) return measured;
      own = measured.right;
    }
    const ofTrial: Made[] = [];
    for (const method of setting.methods) {
      if (method.isFixed && n > 0) continue;
      advance(`${original.name}${seed === null ? "" : `, seed ${seed}`}, ${method.name}`);
      const tried = await tryMethod(setting, method, trial.right);
      if (E.isLeft(tried)) return tried;
      ofTrial.push(tried.right);
    }
    const told = await setting.onTrial?.(trial.right, ofTrial)();
    if (told !== undefined && E.isLeft(told)) return E.left({ ...told.left, isFinal: true });
    made.push(...ofTrial);
  }
  return E.right({ own, made });
};

const meanSeconds = (pictures: readonly PictureResult[]): number | null => {
  const times = pictures.map(({ seconds }) => seconds).filter((seconds) => seconds !== null);
  return times.length === 0 ? null : times.reduce((sum, seconds) => sum + seconds, 0) / times.length;
};

const reportOf = (
  { name, kind, detail, parameters }: Pick<Method, "name" | "kind" | "detail" | "parameters">,
  pictures: readonly PictureResult[],
  metrics: readonly Metric[],
): MethodReport => ({
  name,
  kind,
  detail,
  parameters,
  seconds: meanSeconds(pictures),
  pictures,
  summary: summarise(pictures, metrics),
});

const notesOf = (methods: readonly Method[], made: readonly Made[]): readonly string[] =>
  methods.flatMap((method) => {
    const count = made.filter((one) => one.method === method && one.isCut).length;
    const differ = count === 1 ? "one picture differs" : `${count} pictures differ`;
    return count === 0
      ? []
      : [
          `${method.name}: ${differ} in size from the original; the part that both have was measured, from the upper left corner.`,
        ];
  });

const fullReport = (setting: Setting, measured: readonly Measured[], leftOut: readonly LeftOut[]): Report => {
  const { metrics, methods } = setting;
  const own = measured.map((one) => one.own).filter((result) => result !== null);
  const made = measured.flatMap((one) => one.made);
  const originals = { name: ORIGINALS, kind: "originals", detail: "", parameters: null } as const;
  return {
    format: REPORT_FORMAT,
    by: setting.by ?? "@tadsr/metrics",
    originals: setting.title,
    count: measured.length,
    crop: setting.crop ?? null,
    border: setting.border ?? 0,
    degradation: setting.degrading?.name ?? null,
    scale: setting.degrading?.scale ?? null,
    seeds: setting.seeds,
    metrics: metrics.map(describe),
    methods: [
      ...(own.length === 0
        ? []
        : [
            reportOf(
              originals,
              own,
              metrics.filter(({ against }) => against === "nothing"),
            ),
          ]),
      ...methods.map((method) =>
        reportOf(
          method,
          made.filter((one) => one.method === method).map(({ result }) => result),
          metrics,
        ),
      ),
    ],
    leftOut,
    notes: notesOf(methods, made),
  };
};

const defaultClock = (): number => performance.now() / 1000;

/**
 * Measures methods on originals. A picture that cannot be read, made or measured is left out for all methods, and the
 * report lists it. It is an error if no picture is left.
 */
export const evaluate =
  (options: EvaluationOptions): TaskEither<EvaluationError, Report> =>
  async () => {
    const { originals, methods, seeds, leftOut: before = [], onProgress, clock = defaultClock } = options;
    const setting: Setting = { ...options, now: clock, warm: new Set() };
    const trials = Math.max(1, seeds.length);
    const each = methods.reduce((sum, { isFixed }) => sum + (isFixed ? 1 : trials), 0);
    const total = originals.length * each;
    const measured: Measured[] = [];
    const leftOut: LeftOut[] = [...before];
    for (const [n, original] of originals.entries()) {
      let done = n * each;
      const one = await measurePicture(setting, original, (what) => onProgress?.(done++, total, what));
      if (E.isRight(one)) measured.push(one.right);
      else if (one.left.isFinal) return E.left({ _tag: "TrialNotTaken", message: one.left.message });
      else leftOut.push({ of: options.title, name: original.name, reason: one.left.message });
    }
    onProgress?.(total, total, "");
    if (measured.length > 0) return E.right(fullReport(setting, measured, leftOut));
    const first = leftOut[0];
    return E.left({
      _tag: "NothingMeasured",
      message:
        first === undefined
          ? `${options.title}: there are no originals`
          : `${options.title}: none of the pictures can be measured; the first, ${first.name}: ${first.reason}`,
    });
  };
