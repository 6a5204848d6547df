/** The Fréchet distance between two Gaussians (Dowson and Landau 1982), which FID uses. */
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";
import { type MetricError, notAllowed, notFinite } from "./errors.ts";
import { covarianceOf, meanOf, scaledDeviations } from "./statistics.ts";

/** The numbers that a network gives for one picture, or for one part of it. */
export type Features = ArrayLike<number>;

export interface Gaussian {
  /** [length] */
  readonly mean: Features;
  /** [length, length], symmetric, without negative eigenvalues. */
  readonly covariance: readonly Features[];
}

/** A Gaussian whose covariance is `factor` transposed times `factor`; `factor` is [any, length]. */
interface Factored {
  readonly mean: Features;
  readonly factor: Matrix;
}

const allFinite = (row: Features): boolean => {
  for (let i = 0; i < row.length; i++) if (!Number.isFinite(row[i])) return false;
  return true;
};

const traceOfProduct = (factor: Matrix): number =>
  factor.to1DArray().reduce((sum, value) => sum + value * value, 0);

/**
 * Tr((S1 S2)^(1/2)) is the sum of the singular values of F1 F2^T, where S = F^T F. This way no square root is taken of
 * eigenvalues that ought to be zero, and it works with fewer pictures than features as well as with more.
 */
const distance = (a: Factored, b: Factored): number => {
  const between = Array.from(a.mean, (value, i) => (value - (b.mean[i] as number)) ** 2);
  const { diagonal } = new SingularValueDecomposition(a.factor.mmul(b.factor.transpose()), {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  });
  const common = diagonal.reduce((sum, value) => sum + value, 0);
  const spread = traceOfProduct(a.factor) + traceOfProduct(b.factor) - 2 * common;
  return between.reduce((sum, square) => sum + square, 0) + Math.max(0, spread);
};

/** D^(1/2) V^T of a covariance V D V^T. Eigenvalues below zero are rounding errors of zero. */
const rootOf = (covariance: Matrix): Matrix => {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  const roots = realEigenvalues.map((value) => Math.sqrt(Math.max(0, value)));
  return eigenvectorMatrix.mulRowVector(roots).transpose();
};

const factoredRows = (rows: readonly Features[]): Factored => {
  const mean = meanOf(rows);
  const factor =
    rows.length <= mean.length
      ? new Matrix(scaledDeviations(rows).map((row) => Array.from(row)))
      : rootOf(covarianceOf(rows));
  return { mean, factor };
};

const checkRows = (
  name: string,
  rows: readonly Features[],
  length: number,
): E.Either<MetricError, readonly Features[]> => {
  if (rows.length < 2)
    return E.left(
      notAllowed(
        `${name} set: found ${rows.length} vectors, and a covariance needs at least 2; add pictures`,
      ),
    );
  const other = rows.findIndex((row) => row.length !== length);
  if (other >= 0 || length === 0)
    return E.left(
      notAllowed(
        `${name} set, vector ${Math.max(0, other)}: its length is ${rows[Math.max(0, other)]?.length}, and the first vector's is ${length}; all must be one network's features`,
      ),
    );
  const broken = rows.findIndex((row) => !allFinite(row));
  if (broken >= 0)
    return E.left(
      notFinite(
        `${name} set, vector ${broken}: it has a value that is not finite; look at its picture and at the network`,
      ),
    );
  return E.right(rows);
};

/**
 * |mu1 - mu2|^2 + Tr(S1 + S2 - 2 (S1 S2)^(1/2)) of two sets of features, one vector for each picture. mu is a set's
 * mean, S its covariance (divisor rows - 1). It is at least 0, and 0 if both have the same mean and covariance. Its
 * unit is the square of a feature's, as for FID. A set may have fewer vectors than a vector has numbers.
 *
 * This is FID's formula (Heusel et al. 2017). The result is FID only if the features are the 2048 of Inception's last
 * pooling layer, with its authors' weights and resizing to 299x299. Features of another network, of other sizes, or of
 * pictures resized in another way give numbers on another scale, to be compared only with numbers of the same kind.
 * With few pictures the result is larger (the estimate is biased), so compare only sets of the same size.
 *
 * Errors: `NotAllowed` for fewer than two vectors or different lengths; `NotFinite`.
 */
export const frechetDistance = (
  a: readonly Features[],
  b: readonly Features[],
): E.Either<MetricError, number> => {
  const length = a[0]?.length ?? b[0]?.length ?? 0;
  return pipe(
    checkRows("first", a, length),
    E.chain(() => checkRows("second", b, length)),
    E.map(() => distance(factoredRows(a), factoredRows(b))),
  );
};

const checkGaussian = (
  name: string,
  { mean, covariance }: Gaussian,
  length: number,
): E.Either<MetricError, Factored> => {
  const sides = [mean.length, covariance.length, ...covariance.map((row) => row.length)];
  const other = sides.find((side) => side !== length);
  if (other !== undefined || length === 0)
    return E.left(
      notAllowed(
        `${name} Gaussian: found a length of ${other ?? 0}, expected a mean of ${length} numbers, as the first mean has, and a covariance of ${length}x${length}`,
      ),
    );
  if (![mean, ...covariance].every(allFinite))
    return E.left(notFinite(`${name} Gaussian: it has a value that is not finite; compute it again`));
  const matrix = new Matrix(covariance.map((row) => Array.from(row)));
  if (!matrix.isSymmetric())
    return E.left(notAllowed(`${name} Gaussian: its covariance is not symmetric; compute it again`));
  return E.right({ mean, factor: rootOf(matrix) });
};

/**
 * The same for given means and covariances, such as published statistics.
 *
 * Errors: `NotAllowed` for different lengths, or a covariance that is not symmetric; `NotFinite`.
 */
export const frechetDistanceOfGaussians = (a: Gaussian, b: Gaussian): E.Either<MetricError, number> =>
  pipe(
    checkGaussian("first", a, a.mean.length),
    E.chain((first) =>
      pipe(
        checkGaussian("second", b, a.mean.length),
        E.map((second) => distance(first, second)),
      ),
    ),
  );
