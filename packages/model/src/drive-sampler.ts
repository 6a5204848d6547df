/** Runs a sampler on an engine. */
import type { Engine, SamplerStep } from "@tadsr/core";

/** Runs a sampler to its end, one step after another. No more than one step's results are held. */
const driveFrugally = async <T>(engine: Engine<T>, steps: Generator<SamplerStep<T>, T>): Promise<T> => {
  let held: readonly T[] = [];
  for (;;) {
    const step = engine.scope(() => steps.next());
    const kept: readonly T[] = step.done === true ? [step.value] : [step.value.z_t, step.value.z_0];
    await engine.settle?.(kept);
    engine.release(held.filter((tensor) => !kept.includes(tensor)));
    if (step.done === true) return step.value;
    held = kept;
  }
};

/** What sampling starts from, and the network's other inputs at every step. */
export interface Sampled<T> {
  readonly z_T: T;
  readonly z_y: T;
  /** The condition and other inputs beside z_t, kept on the engine from step to step. */
  readonly condition?: T;
}

/**
 * z_0 from the start of sampling. With one prediction, the engine may compute it together with what is around it; with
 * more steps, each is computed by itself. The result of `start` is released; the caller owns z_0.
 */
export const sampleFrugally = async <T, Start extends Sampled<T>>(
  engine: Engine<T>,
  start: () => Start,
  predictOnce: ((start: Start) => T) | null,
  steps: (start: Start) => Generator<SamplerStep<T>, T>,
): Promise<T> => {
  if (predictOnce !== null) return engine.scope(() => predictOnce(start()));
  const started = engine.scope(start);
  const held = [...new Set(Object.values(started))] as readonly T[];
  try {
    await engine.settle?.(held);
    return await driveFrugally(engine, steps(started));
  } finally {
    engine.release(held);
  }
};
