/** A line through points by least squares. */
import * as E from "fp-ts/lib/Either.js";
import { type BenchError, failed } from "./bench-error.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** y = intercept + slope x. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** R^2: the part of y's variance that the line explains; 1 if y does not vary. */
  readonly explained: number;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Fails if there are fewer than two different x. */
export const fitLine = (points: readonly Point[]): E.Either<BenchError, Line> => {
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const sum = (term: (point: Point) => number): number =>
    points.reduce((total, point) => total + term(point), 0);
  const varianceX = sum(({ x }) => (x - meanX) ** 2);
  if (!(varianceX > 0))
    return E.left(
      failed(`a line needs points at two different x or more, and ${points.length} points were given`),
    );
  const slope = sum(({ x, y }) => (x - meanX) * (y - meanY)) / varianceX;
  const intercept = meanY - slope * meanX;
  const varianceY = sum(({ y }) => (y - meanY) ** 2);
  const left = sum(({ x, y }) => (y - intercept - slope * x) ** 2);
  return E.right({ slope, intercept, explained: varianceY === 0 ? 1 : 1 - left / varianceY });
};
