/** Means and covariances of sets of vectors. The vectors are rows of equal length. */
import { Matrix } from "ml-matrix";

/** [length]; there must be at least one row. */
export const meanOf = (rows: readonly ArrayLike<number>[]): Float64Array => {
  const sum = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows)
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (row[i] as number);
  return sum.map((value) => value / rows.length);
};

/** The rows minus their mean, divided by the root of (rows - 1): its transpose times itself is the covariance. */
export const scaledDeviations = (rows: readonly ArrayLike<number>[]): readonly Float64Array[] => {
  const mean = meanOf(rows);
  const scale = Math.sqrt(rows.length - 1);
  return rows.map((row) => mean.map((value, i) => ((row[i] as number) - value) / scale));
};

/** [length, length], with divisor rows - 1 as numpy's `cov` and MATLAB's; there must be at least two rows. */
export const covarianceOf = (rows: readonly ArrayLike<number>[]): Matrix => {
  const length = rows[0]?.length ?? 0;
  const sums = new Float64Array(length * length);
  for (const row of scaledDeviations(rows))
    for (let i = 0; i < length; i++) {
      const value = row[i] as number;
      for (let j = 0; j <= i; j++)
        sums[i * length + j] = (sums[i * length + j] as number) + value * (row[j] as number);
    }
  const result = Matrix.zeros(length, length);
  for (let i = 0; i < length; i++)
    for (let j = 0; j <= i; j++) {
      result.set(i, j, sums[i * length + j] as number);
      result.set(j, i, sums[i * length + j] as number);
    }
  return result;
};
