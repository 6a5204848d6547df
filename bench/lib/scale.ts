/** From a quantity to a place on a plot, and the values that label an axis. */

export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** The smallest of 1, 2 or 5 times a power of ten that is not below `step`. */
const roundStep = (step: number): number => {
  const power = 10 ** Math.floor(Math.log10(step));
  const lead = [1, 2, 5, 10].find((candidate) => candidate * power >= step * (1 - 1e-9)) ?? 10;
  return lead * power;
};

/** A linear scale from 0 to a round value that is not below `greatest`, which is positive. */
export const linearScale = (greatest: number, from: number, to: number): Scale => {
  const step = roundStep(greatest / 5);
  const count = Math.ceil(greatest / step - 1e-9);
  return {
    at: (value) => from + ((to - from) * value) / (count * step),
    ticks: Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12))),
  };
};

/** A logarithmic scale from a round value not above `least` to one not below `greatest`; both are positive. */
export const logScale = (least: number, greatest: number, from: number, to: number): Scale => {
  const leads = [1, 2, 5];
  const first = Math.floor(Math.log10(least));
  const last = Math.ceil(Math.log10(greatest));
  const steps = Array.from({ length: last - first + 1 }, (_, i) => first + i).flatMap((power) =>
    leads.map((lead) => Number((lead * 10 ** power).toPrecision(6))),
  );
  const low = steps.findLast((step) => step <= least) ?? least;
  const high = steps.find((step) => step >= greatest && step > low) ?? greatest;
  const within = steps.filter((step) => step >= low && step <= high);
  // If there are many decades, only powers of ten get labels.
  const ticks = within.length > 8 ? within.filter((step) => Number.isInteger(Math.log10(step))) : within;
  return {
    at: (value) => from + ((to - from) * Math.log(value / low)) / Math.log(high / low),
    ticks,
  };
};
