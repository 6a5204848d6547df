/**
 * Where the time of a training step goes: the median of each part, in milliseconds.
 *
 *   node --import tsx bench/training/parts.ts [--network small|tiny|unet] [--batch 16] [--side 32]
 *       [--runtime tensorflow] [--rounds 11] [--data <folder>]
 *
 * The step minimises the mean absolute error of one step from z_T, as for a student without a teacher. Without --data
 * the program draws its own photographs. Each part is timed by itself, one after another. In a training, the data of
 * the next step is made while this one is computed, if the processor has free cores.
 */
import { parseArgs } from "node:util";
import { type Engine, makeSchedule, type Objective, paperReading, type Tensors } from "@tadsr/core";
import { initialWeights, smallNetwork } from "@tadsr/model";
import {
  ADAMW_DEFAULTS,
  adamwStep,
  FAMILIES,
  type FamilyName,
  freshState,
  movingAverage,
  openLatents,
  openPhotographs,
  STUDENT_DEFAULTS,
  studentTask,
  trainingBatch,
  trainingStep,
  uploadState,
} from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { runtimes } from "../lib/runtimes.ts";
import { inWorkFolder, writePhotograph } from "../lib/work-folder.ts";

const giveUp = (message: string): never => {
  process.stderr.write(`${message}\n`);
  return process.exit(1);
};

const rightOf = <A>(result: E.Either<{ readonly message: string }, A>): A =>
  E.isLeft(result) ? giveUp(result.left.message) : result.right;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const measure = async <T>(engine: Engine<T>, data: string, asked: Asked): Promise<void> => {
  const { network: config, schedule: scheduleConfig } = FAMILIES[asked.network];
  const network = smallNetwork(config);
  const schedule = rightOf(makeSchedule(scheduleConfig));
  const { batch, rounds } = asked;
  const photographs = rightOf(await openPhotographs(data, { shrink: 0.7, minimumSide: 64 })());
  const batches = {
    ...{ seed: 1, batch, cropHR: 4 * asked.side, scale: 4, originals: true, asTheyAre: 0 },
    degradation: STUDENT_DEFAULTS.degradation,
  };
  const none = { distillation: 0, score: 0, adversarial: 0, perceptual: 0, grid: 0, target: 0 };
  const task = studentTask({
    ...{ network, schedule, batch, seed: 1, reading: paperReading, weights: { ...none, fidelity: 1 } },
    ...{ teacher: null, target: null, discriminator: null, perceptualWeights: null },
  }).open(engine);
  const specs = { parameters: network.parameters, held: new Set<string>(), discriminator: null };
  let state = uploadState(engine, specs, freshState(initialWeights(network.parameters, { seed: 1 }), null));
  const times = new Map<string, number[]>();
  const note = (name: string, milliseconds: number): void => {
    times.set(name, [...(times.get(name) ?? []), milliseconds]);
  };
  const timed = async <A>(name: string, work: () => A | Promise<A>): Promise<A> => {
    const began = performance.now();
    const result = await work();
    note(name, performance.now() - began);
    return result;
  };
  const number = async (scalar: T): Promise<number> => (await engine.download("scalar", scalar)).data[0] ?? 0;
  const latents = openLatents(engine, network);
  const { joining } = engine;
  for (let round = -2; round < rounds; round++) {
    const pictures = await timed("data", () => trainingBatch(photographs, batches, 3 + round));
    const all = state.packing.unpack(state.weights);
    await timed("upload, bicubic and noise", () =>
      engine.scope(() => {
        latents.of(pictures, batch);
        return null;
      }),
    );
    const began = performance.now();
    const loss = engine.scope(() => task.prepare(pictures).objective(null)(all).loss);
    await number(loss);
    const forward = performance.now() - began;
    note("forward, with the above", forward);
    const differentiated = performance.now();
    const slopes = engine.scope(() =>
      engine.differentiate?.(
        all,
        (weights: Tensors<T>): Objective<T> => task.prepare(pictures).objective(null)(weights),
      ),
    );
    if (slopes === undefined) return giveUp("the runtime has no gradients");
    await number(slopes.loss);
    note("backward", performance.now() - differentiated - forward);
    const gradients = await timed("joining gradients", () =>
      engine.scope(() => state.packing.pack(slopes.gradients)),
    );
    const updated = await timed("optimiser", () =>
      engine.scope(() => adamwStep(engine.algebra, ADAMW_DEFAULTS)(state.weights, gradients, state, 1e-4, 3)),
    );
    const average = await timed("averaging", () =>
      engine.scope(() => movingAverage(engine.algebra, 0.999)(state.average, state.weights)),
    );
    const packed =
      joining === undefined ? [] : [gradients, updated.weights, updated.first, updated.second, average];
    engine.release([
      ...[loss, slopes.loss, ...Object.values(slopes.parts), ...Object.values(slopes.gradients)],
      ...[...packed, ...(joining === undefined ? [] : [all])].flatMap((tensors) => Object.values(tensors)),
    ]);
    const done = await timed("a whole step, without data", () =>
      trainingStep(engine, task, state, pictures, {
        ...{ steps: 1e6, discriminatorRate: 0, averageDecay: 0.999, clip: 0, adamw: ADAMW_DEFAULTS },
        rate: { peak: 1e-4, warmUp: 0, decay: "constant" },
      }),
    );
    state = done.state;
  }
  process.stdout.write(`${asked.network}, batch ${batch} of ${asked.side} x ${asked.side}, ${engine.name}\n`);
  for (const [name, all] of times) {
    process.stdout.write(`${name.padEnd(28)} ${median(all.slice(2)).toFixed(1).padStart(8)}\n`);
  }
};

interface Asked {
  readonly network: FamilyName;
  readonly batch: number;
  readonly side: number;
  readonly rounds: number;
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      network: { type: "string", default: "small" },
      batch: { type: "string", default: "16" },
      side: { type: "string", default: "32" },
      runtime: { type: "string", default: "tensorflow" },
      rounds: { type: "string", default: "11" },
      data: { type: "string" },
    },
  });
  const names = Object.keys(FAMILIES) as readonly FamilyName[];
  const network = names.find((name) => name === values.network);
  if (network === undefined) return giveUp(`--network is ${values.network}; allowed: ${names.join(", ")}`);
  const [batch, side, rounds] = [values.batch, values.side, values.rounds].map(Number);
  if (![batch, side, rounds].every((value) => Number.isSafeInteger(value) && (value ?? 0) > 0))
    return giveUp("--batch, --side and --rounds are whole numbers above 0");
  const runtime = Object.values(runtimes).find(({ name }) => name === values.runtime);
  if (runtime === undefined) return giveUp(`--runtime ${values.runtime} is no runtime of this project`);
  const opened = await runtime.open();
  if (E.isLeft(opened)) return giveUp(`${opened.left.missing} is missing: ${opened.left.remedy}`);
  const asked = { network, batch: batch ?? 1, side: side ?? 1, rounds: rounds ?? 1 };
  if (values.data !== undefined) await measure(opened.right, values.data, asked);
  else {
    await inWorkFolder(async (folder) => {
      for (const pixels of [800, 900, 1000, 1100]) await writePhotograph(folder, pixels);
      await measure(opened.right, folder, asked);
    });
  }
  await opened.right.close();
};

await main();
