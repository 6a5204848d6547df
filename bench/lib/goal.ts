/** A bound that a figure should meet, and whether it does. */
export interface Goal {
  readonly bound: "at most" | "at least";
  readonly value: number;
}

export const atMost = (value: number): Goal => ({ bound: "at most", value });
export const atLeast = (value: number): Goal => ({ bound: "at least", value });

/** "met", "not met by 12 %" (of the goal's value) or "no goal". */
export type Verdict = string;

const reaches = (goal: Goal, figure: number): boolean =>
  goal.bound === "at most" ? figure <= goal.value : figure >= goal.value;

export const verdictOn = (goal: Goal | null, figure: number): Verdict => {
  if (goal === null) return "no goal";
  if (reaches(goal, figure)) return "met";
  const off = (100 * Math.abs(figure - goal.value)) / goal.value;
  return Number.isFinite(off) ? `not met by ${off < 1 ? off.toPrecision(1) : off.toFixed(0)} %` : "not met";
};

export const sayGoal = (goal: Goal | null): string =>
  goal === null ? "" : `${goal.bound} ${Number(goal.value.toPrecision(3))}`;
