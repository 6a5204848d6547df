/** Descriptions of options, with the defaults from the training's package, which are written nowhere else. */
import type {
  DEFAULT_DEGRADATION,
  FAMILIES,
  PRETRAINING_DEFAULTS,
  STUDENT_DEFAULTS,
  TEACHER_DEFAULTS,
  VALIDATION_DEFAULTS,
} from "@tadsr/train";

/** The records of defaults. */
export interface TrainDefaults {
  readonly teacher: typeof TEACHER_DEFAULTS;
  readonly student: typeof STUDENT_DEFAULTS;
  /** For a student without teacher or start. */
  readonly pretraining: typeof PRETRAINING_DEFAULTS;
  readonly validation: typeof VALIDATION_DEFAULTS;
  readonly degradation: typeof DEFAULT_DEGRADATION;
  readonly families: typeof FAMILIES;
}

/** Loads them together with the package, which takes a moment. */
export const loadTrainDefaults = async (): Promise<TrainDefaults> => {
  const train = await import("@tadsr/train");
  return {
    teacher: train.TEACHER_DEFAULTS,
    student: train.STUDENT_DEFAULTS,
    pretraining: train.PRETRAINING_DEFAULTS,
    validation: train.VALIDATION_DEFAULTS,
    degradation: train.DEFAULT_DEGRADATION,
    families: train.FAMILIES,
  };
};

const shown = (value: unknown): string =>
  value === null || (Array.isArray(value) && value.length === 0) ? "none" : String(value);

/** Adds the default to a description; `otherwise` says when another one applies. */
export type Describe<A> = (text: string, pick: (defaults: A) => unknown, otherwise?: string) => string;

/** Without the records it gives only the descriptions: this command's help is not needed then. */
export const describing =
  <A>(defaults: A | null | undefined): Describe<A> =>
  (text, pick, otherwise) =>
    defaults === null || defaults === undefined
      ? text
      : `${text} (default: ${shown(pick(defaults))}${otherwise === undefined ? "" : `; ${otherwise}`})`;

/** Like `describing`. Without `otherwise`, it also names the default `in` another case, if that differs. */
export const describingBoth = <A>(defaults: A | null, others: A | null, when: string): Describe<A> => {
  const describe = describing(defaults);
  return (text, pick, otherwise) => {
    if (defaults === null || others === null || otherwise !== undefined)
      return describe(text, pick, otherwise);
    const [usual, other] = [shown(pick(defaults)), shown(pick(others))];
    return describe(text, pick, usual === other ? undefined : `${other} ${when}`);
  };
};
