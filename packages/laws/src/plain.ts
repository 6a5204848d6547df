/** The laws without a test framework: for use with any test runner, or with none. */
export type { CheckOptions, LawResult } from "./check.ts";
export { applies, checkLaw, checkLaws } from "./check.ts";
export { closeTo, identical } from "./equality.ts";
export type { Equal, Law, Needs, Operation, Verdict } from "./law.ts";
export {
  agreementLaws,
  attentionLaws,
  codebookLaws,
  convolutionLaws,
  engineLaws,
  functionLaws,
  gradientLaws,
  imageLaws,
  laws,
  linearLaws,
  normalisationLaws,
  sequenceLaws,
  vectorSpaceLaws,
  windowLaws,
} from "./laws.ts";
export type { Plan, PlannedTest, PlanOptions, Skip } from "./plan.ts";
export { planLaws } from "./plan.ts";
