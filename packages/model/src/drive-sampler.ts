/** Running a sampler on an engine. */
import type { Engine, SamplerStep } from "@tadsr/core";

/** Drives a sampler to its end, each step computed by itself, holding no more than one step's results. */
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

/** What a sampler starts from, and what else the network is given at every step. */
export interface Sampled<T> {
  readonly z_T: T;
  readonly z_y: T;
  /** What the network is told beside z_t, where it lives from step to step. */
  readonly condition?: T;
}

/**
 * z_0 from where sampling starts: by one prediction, which an engine may compute together with what is around it,
 * or step by step, each by itself. What `start` makes is released; z_0 is the caller's.
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
