/** Options that have an effect only together with another. Each is used or refused. */
import * as E from "fp-ts/lib/Either.js";
import { type Failure, usageFailure } from "../failure.ts";
import type { TrainCommandOptions, TrainStudentCommandOptions } from "./options.ts";

type Typed = TrainCommandOptions & Partial<TrainStudentCommandOptions>;

interface Stray {
  readonly option: keyof Typed;
  /** Whether something uses the option. */
  readonly isUsed: (typed: Typed) => boolean;
  readonly message: string;
}

const isWeighed = (weight: number | undefined): boolean => weight !== undefined && weight > 0;

const OF_VALIDATION = [
  "validationEvery",
  "validationPictures",
  "validationCrop",
  "validationSamples",
] as const;

/** camelCase to an option's spelling. */
const asTyped = (option: string): string =>
  `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const STRAYS: readonly Stray[] = [
  {
    option: "targetMix",
    isUsed: ({ targetModel }) => targetModel !== undefined,
    message: "--target-mix is mixed into --target-model; add that too",
  },
  {
    option: "network",
    isUsed: ({ teacher, start }) => (teacher ?? start) === undefined,
    message: "--network is for a training from nothing; --teacher or --start already set the network",
  },
  {
    option: "perceptualWeights",
    isUsed: ({ perceptual }) => isWeighed(perceptual),
    message:
      "--perceptual-weights is for --perceptual; give --perceptual a weight above 0, or leave both out",
  },
  {
    option: "discriminator",
    isUsed: ({ adversarial }) => isWeighed(adversarial),
    message: "--discriminator is for --adversarial; give --adversarial a weight above 0, or leave both out",
  },
  {
    option: "discriminatorRate",
    isUsed: ({ adversarial }) => isWeighed(adversarial),
    message:
      "--discriminator-rate is for --adversarial; give --adversarial a weight above 0, or leave both out",
  },
  {
    option: "reading",
    isUsed: ({ teacher, score, adversarial }) =>
      teacher !== undefined && (score === undefined || isWeighed(score) || isWeighed(adversarial)),
    message: "--reading is for Eq 8 and 9; give --score or --adversarial a weight above 0, or leave it out",
  },
  {
    option: "degradation",
    isUsed: ({ asTheyAre, validation }) => asTheyAre !== 1 || validation !== undefined,
    message: "--degradation is for photographs that are degraded, and for --validation; leave it out",
  },
  ...OF_VALIDATION.map((option) => ({
    option,
    isUsed: ({ validation }: Typed) => validation !== undefined,
    message: `${asTyped(option)} is for --validation <folder>; add that too`,
  })),
];

/** Refuses the first typed option that nothing would use. */
export const strayOption = (typed: Typed): E.Either<Failure, void> => {
  const stray = STRAYS.find(({ option, isUsed }) => typed[option] !== undefined && !isUsed(typed));
  return stray === undefined ? E.right(undefined) : E.left(usageFailure(stray.message));
};
