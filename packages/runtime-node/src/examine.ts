/** What this machine can compute with. It is an entry of its own, so that a program that only upscales does not load it. */
export { type AutoChoice, autoChoice } from "./examine/choice.ts";
export { type ApartOptions, examineApart } from "./examine/examine-apart.ts";
export {
  type ExaminedCache,
  type ExaminedMachine,
  examineCache,
  examineMachine,
  nodeProblem,
  OLDEST_NODE,
} from "./examine/examine-machine.ts";
export { type ExamineOptions, examineRuntime, examineRuntimes } from "./examine/examine-runtimes.ts";
export type { Examined, Failed, Missing, Ready } from "./examine/examined.ts";
export { type MeasureOptions, measureEngine } from "./examine/measure.ts";
