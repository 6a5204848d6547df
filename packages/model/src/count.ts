/** Whole numbers, as sizes, counts and places are. */

/** Whether it is a whole number from 1. */
export const isCount = (value: unknown): value is number => isWholeNumber(value) && value >= 1;

/** Whether it is a whole number from 0. */
export const isWholeNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
