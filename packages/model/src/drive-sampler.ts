/** Running a sampler on an engine. */
import type { Engine, SamplerStep } from "@tadsr/core";

/** Drives a sampler to its end, holding no more than one step's results. */
export const driveFrugally = <T>(engine: Engine<T>, steps: Generator<SamplerStep<T>, T>): T => {
  let held: readonly T[] = [];
  for (;;) {
    const step = engine.scope(() => steps.next());
    const kept: readonly T[] = step.done === true ? [step.value] : [step.value.z_t, step.value.z_0];
    engine.release(held.filter((tensor) => !kept.includes(tensor)));
    if (step.done === true) return step.value;
    held = kept;
  }
};
