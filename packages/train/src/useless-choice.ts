/** Choices that have an effect only together with another. Each is used or refused. */
import type { StudentChoices, TeacherChoices, TrainingChoices } from "./choices.ts";

export type UselessOption =
  | "network"
  | "perceptualWeights"
  | "discriminator"
  | "discriminatorRate"
  | "reading"
  | "degradation";

/** Nothing would use an option that was chosen. */
export interface UselessChoice {
  readonly _tag: "UselessChoice";
  readonly option: UselessOption;
  readonly message: string;
}

const MESSAGES: Readonly<Record<UselessOption, string>> = {
  network: "network is for a training from nothing; a teacher or a start already sets the network",
  perceptualWeights:
    "perceptualWeights is for a perceptual term; give that a weight above 0, or leave both out",
  discriminator: "discriminator is for the adversarial loss; give that a weight above 0, or leave both out",
  discriminatorRate:
    "discriminatorRate is for the adversarial loss; give that a weight above 0, or leave both out",
  reading: "reading is for Eq 8 and 9; give score or adversarial a weight above 0, or leave it out",
  degradation: "degradation is for photographs that are degraded, and for a validation; leave it out",
};

const isWeighed = (weight: number | undefined): boolean => weight !== undefined && weight > 0;

const firstOf = (
  choices: TeacherChoices & StudentChoices,
  unused: Readonly<Partial<Record<UselessOption, boolean>>>,
): UselessChoice | null => {
  const option = (Object.keys(unused) as UselessOption[]).find(
    (key) => choices[key] !== undefined && unused[key] === true,
  );
  return option === undefined ? null : { _tag: "UselessChoice", option, message: MESSAGES[option] };
};

/** Whether no photograph is degraded. */
const isUndegraded = ({ asTheyAre, validation }: TrainingChoices): boolean =>
  asTheyAre === 1 && validation === undefined;

/** The first choice for a teacher that nothing would use; null if all are used. */
export const uselessTeacherChoice = (choices: TeacherChoices): UselessChoice | null =>
  firstOf(choices, {
    perceptualWeights: !isWeighed(choices.perceptual),
    degradation: isUndegraded(choices),
  });

/** The first choice for a student that nothing would use; null if all are used. */
export const uselessStudentChoice = (choices: StudentChoices): UselessChoice | null => {
  const { teacher, start, weights: { perceptual, adversarial, score } = {} } = choices;
  return firstOf(choices, {
    network: (teacher ?? start) !== undefined,
    perceptualWeights: !isWeighed(perceptual),
    discriminator: !isWeighed(adversarial),
    discriminatorRate: !isWeighed(adversarial),
    reading: teacher === undefined || (score !== undefined && !isWeighed(score) && !isWeighed(adversarial)),
    degradation: isUndegraded(choices),
  });
};
