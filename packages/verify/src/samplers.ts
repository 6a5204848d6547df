/** An entry of samplers: runs each of them with the network that the entry names. */
import {
  ancestralSampler,
  deterministicInversion,
  deterministicSampler,
  type Engine,
  type Predictor,
  predictClean,
  type ReferenceTensor,
  type SamplerStep,
  type Schedule,
} from "@tadsr/core";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { openPredictor, type Predicting, type Usable } from "./networks.ts";
import { NETWORK_TOLERANCE } from "./rounding.ts";
import { absent, broken, compared, type Row, relativeError } from "./row.ts";
import { samplerRecords } from "./sampler-records.ts";
import { imageOf, present, recordOf, stateAt, type TensorFile } from "./tensor-file.ts";

type Images<Name extends string> = Readonly<Record<Name, ReferenceTensor>>;

/** The inputs of a sampler, on the engine. */
interface Setting<T> {
  readonly engine: Engine<T>;
  readonly schedule: Schedule;
  /** The predictor for the batch, with its condition. */
  readonly predict: Predictor<T>;
  /** Uploads for as long as a scope lasts. */
  readonly upload: (recorded: ReferenceTensor) => T;
  /** Uploads until the entry is done, because a sampler holds its inputs during all of its steps. */
  readonly hold: (recorded: ReferenceTensor) => T;
}

/**
 * Every state of a sampler in the recorded layout (PyTorch's), with one step's tensors in memory at a time. `states` is
 * called with k = 0, 1, ...
 */
const walk = async <T>(
  { engine }: Setting<T>,
  sampler: Generator<SamplerStep<T>, T>,
  visit: (state: ReferenceTensor, k: number) => void,
): Promise<ReferenceTensor | null> => {
  let last: ReferenceTensor | null = null;
  let previous: T | null = null;
  for (let k = 0; ; k++) {
    const step = engine.scope(() => {
      const next = sampler.next();
      return next.done === true ? null : next.value.z_t;
    });
    if (previous !== null && previous !== step) engine.release([previous]);
    if (step === null) return last;
    last = recordOf(await engine.download("image", step));
    visit(last, k);
    previous = step;
  }
};

/** A sampler's check: its inputs, the name of its result, and the generator. */
interface Sampling<Name extends string> {
  readonly check: string;
  /** Whether the state that it starts from is recorded first. */
  readonly names: readonly [Name, ...Name[]];
  readonly end: string;
  /** The name under which its states are recorded one after another, if they are. */
  readonly trajectory: string | null;
  readonly start: <T>(setting: Setting<T>, tensors: Images<Name>) => Generator<SamplerStep<T>, T>;
}

/** A row for the result, and one for the worst of the states on the way. */
const samplingRows = async <T, Name extends string>(
  setting: Setting<T>,
  entry: string,
  file: TensorFile,
  { check, names, end, trajectory, start }: Sampling<Name>,
): Promise<readonly Row[]> => {
  const found = present(file, names);
  if (E.isLeft(found)) return [absent(entry, check, found.left)];
  const recordedEnd = file.get(end);
  const states = trajectory === null ? undefined : file.get(trajectory);
  const worst = { error: 0, k: 0, count: 0 };
  try {
    const last = await walk(setting, start(setting, found.right), (state, k) => {
      worst.count++;
      if (states === undefined) return;
      const error = relativeError(state.data, stateAt(states, k, state.shape).data);
      if (error >= worst.error) Object.assign(worst, { error, k });
    });
    // Without a step (T = 1, inverted) the result is the start.
    const reached = last ?? found.right[names[0]];
    const ofEnd =
      recordedEnd === undefined
        ? absent(entry, `${check}: ${end}`, `${end} is not in the file`)
        : compared(entry, `${check}: ${end}`, reached.data, recordedEnd.data, NETWORK_TOLERANCE);
    if (states === undefined) return [ofEnd];
    const expected = worst.count * reached.data.length;
    const isWhole = expected === states.data.length;
    const error = isWhole ? worst.error : Number.POSITIVE_INFINITY;
    const row: Row = {
      entry,
      check: `${check}: every state`,
      verdict: error <= NETWORK_TOLERANCE ? "ok" : "mismatch",
      error,
      tolerance: NETWORK_TOLERANCE,
      note: isWhole
        ? `worst after step ${worst.k + 1} of ${worst.count}`
        : `${states.data.length} numbers are recorded, ${expected} expected`,
    };
    return [row, ofEnd];
  } catch (thrown) {
    return [broken(entry, check, firstLine(thrown))];
  }
};

const deterministic: Sampling<"z_T" | "z_y"> = {
  check: "deterministic (Eq 3)",
  names: ["z_T", "z_y"],
  end: "deterministic.z0",
  trajectory: "deterministic.trajectory",
  start: ({ engine, schedule, predict, hold }, { z_T, z_y }) =>
    deterministicSampler(engine.algebra, schedule)(predict, hold(z_T), hold(z_y)),
};

const stochastic: Sampling<"z_T" | "stochastic.noises"> = {
  check: "stochastic (Eq 2)",
  names: ["z_T", "stochastic.noises"],
  end: "stochastic.z0",
  trajectory: "stochastic.trajectory",
  start: ({ engine, schedule, predict, upload, hold }, { z_T, "stochastic.noises": noises }) =>
    ancestralSampler(engine.algebra, schedule)(predict, hold(z_T), (t) =>
      upload(stateAt(noises, schedule.T - t, z_T.shape)),
    ),
};

const inverse: Sampling<"inverse.z0" | "z_y"> = {
  check: "inverse",
  names: ["inverse.z0", "z_y"],
  end: "inverse.z_T",
  trajectory: "inverse.trajectory",
  start: ({ engine, schedule, predict, hold }, { "inverse.z0": z_1, z_y }) =>
    deterministicInversion(engine.algebra, schedule)(predict, hold(z_1), hold(z_y)),
};

const oneStepRow = async <T>(setting: Setting<T>, entry: string, file: TensorFile): Promise<Row> => {
  const check = "one_step: one_step.z0";
  const found = present(file, ["z_T", "one_step.z0"]);
  if (E.isLeft(found)) return absent(entry, check, found.left);
  const { engine, schedule, predict, upload } = setting;
  try {
    const z_0 = engine.scope(() =>
      predictClean(engine.algebra, schedule)(predict, upload(found.right.z_T), schedule.T),
    );
    const computed = recordOf(await engine.download("image", z_0));
    engine.release([z_0]);
    return compared(entry, check, computed.data, found.right["one_step.z0"].data, NETWORK_TOLERANCE);
  } catch (thrown) {
    return broken(entry, check, firstLine(thrown));
  }
};

/** The condition: lq, or z_y itself if lq is not recorded. */
const conditionOf = (file: TensorFile): ReferenceTensor | undefined => file.get("lq") ?? file.get("z_y");

export const checkSamplers = async <T>(
  engine: Engine<T>,
  entry: string,
  file: TensorFile,
  schedule: Schedule,
  network: Usable<Predicting>,
): Promise<readonly Row[]> => {
  const recorded = samplerRecords(entry, file, schedule);
  if (E.isLeft(network)) {
    const reason = network.left;
    const checks = [deterministic.check, stochastic.check, "one_step", inverse.check];
    const without = (check: string): Row =>
      "absent" in reason ? absent(entry, check, reason.absent) : broken(entry, check, reason.broken);
    return [...recorded, ...checks.map(without)];
  }
  const condition = conditionOf(file);
  if (condition === undefined) return [...recorded, absent(entry, "samplers", "lq is not in the file")];
  const held: T[] = [];
  const upload = (tensor: ReferenceTensor): T => engine.upload("image", imageOf(tensor));
  const hold = (tensor: ReferenceTensor): T => {
    const uploaded = upload(tensor);
    held.push(uploaded);
    return uploaded;
  };
  const open = openPredictor(engine, network.right);
  try {
    const batch = condition.shape[0] ?? 1;
    const setting = { engine, schedule, predict: open.on(hold(condition), batch), upload, hold };
    return [
      ...recorded,
      ...(await samplingRows(setting, entry, file, deterministic)),
      ...(await samplingRows(setting, entry, file, stochastic)),
      await oneStepRow(setting, entry, file),
      ...(await samplingRows(setting, entry, file, inverse)),
    ];
  } catch (thrown) {
    return [...recorded, broken(entry, "samplers", firstLine(thrown))];
  } finally {
    engine.release(held);
    open.close();
  }
};
