/** The expected results of exported files, by core's functions on an engine that shares no code with them. */
import {
  type Engine,
  indexAt,
  type NdArray,
  predictClean,
  type Schedule,
  startOfSampling,
  type Tensors,
} from "@tadsr/core";
import { type ConditionedNetwork, predictor } from "@tadsr/model";
import { runtimes } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";

export const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

export const openEngine = async (): Promise<Engine<unknown>> => {
  const opened = await runtimes.wasm.open();
  if (E.isLeft(opened)) throw new Error(opened.left.missing);
  return opened.right as Engine<unknown>;
};

/** A network with its weights on an engine. */
export interface Uploaded<T> {
  readonly network: ConditionedNetwork;
  readonly schedule: Schedule;
  readonly uploaded: Tensors<T>;
}

/** z_0 in one step from z_T. */
export const oneStep = <T>(
  engine: Engine<T>,
  { network, schedule, uploaded }: Uploaded<T>,
  { z_y, condition, noise }: Readonly<Record<"z_y" | "condition" | "noise", T>>,
): T => {
  const z_T = startOfSampling(engine.algebra, schedule)(z_y, noise);
  const predict = predictor(engine, network, uploaded, condition, 1);
  return predictClean(engine.algebra, schedule)(predict, z_T, schedule.T);
};

/** The network by itself at a time of its schedule: its inputs and its result. */
export const networkRun = async <T>(
  engine: Engine<T>,
  { network, schedule, uploaded }: Uploaded<T>,
  { input, condition }: Readonly<Record<"input" | "condition", NdArray>>,
  t: number,
) => {
  const time = network.timeFeatures(indexAt(schedule, t), 1);
  const z_0 = network.run(engine.algebra)(uploaded, {
    input: engine.upload("image", input),
    condition: engine.upload("image", condition),
    time: engine.upload("matrix", time),
  });
  return { inputs: { input, condition, time }, expected: { z_0: await engine.download("image", z_0) } };
};
