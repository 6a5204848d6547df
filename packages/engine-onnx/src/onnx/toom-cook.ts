/**
 * The matrices with which m neighbouring results of a filter of r taps take n = m + r - 1 products (Toom and Cook;
 * Winograd, "Arithmetic complexity of computations", 1980; for images Lavin and Gray, "Fast algorithms for
 * convolutional neural networks", 2016): y = A^T [(G g) . (B^T d)], where d is the n inputs and g the filter.
 */

export type Matrix = readonly (readonly number[])[];

export interface Transforms {
  /** [m, n]. */
  readonly output: Matrix;
  /** [n, r]. */
  readonly filter: Matrix;
  /** [n, n]. */
  readonly input: Matrix;
}

/** The coefficients of the product of all (x - root), lowest power first. */
const polynomial = (roots: readonly number[]): readonly number[] =>
  roots.reduce<readonly number[]>(
    (coefficients, root) =>
      Array.from(
        { length: coefficients.length + 1 },
        (_, power) => (coefficients[power - 1] ?? 0) - root * (coefficients[power] ?? 0),
      ),
    [1],
  );

/** The transforms for n - 1 different points. The n-th point is infinity. */
export const toomCook = (points: readonly number[], taps: number): Transforms => {
  const n = points.length + 1;
  const m = n - taps + 1;
  const powers = (count: number, infinite: number): Matrix =>
    Array.from({ length: count }, (_, power) => [
      ...points.map((point) => point ** power),
      power === infinite ? 1 : 0,
    ]);
  const others = (at: number): readonly number[] => points.filter((_, i) => i !== at);
  const filter = points.map((point, i) => {
    const norm = others(i).reduce((product, other) => product * (point - other), 1);
    return Array.from({ length: taps }, (_, power) => point ** power / norm);
  });
  const row = (coefficients: readonly number[]): readonly number[] =>
    Array.from({ length: n }, (_, power) => coefficients[power] ?? 0);
  return {
    output: powers(m, m - 1),
    filter: [...filter, Array.from({ length: taps }, (_, power) => (power === taps - 1 ? 1 : 0))],
    input: [...points.map((_, i) => row(polynomial(others(i)))), row(polynomial(points))],
  };
};

/** The Kronecker product: the rows and columns of a are outside, those of b inside. */
export const kronecker = (a: Matrix, b: Matrix): Matrix =>
  a.flatMap((left) => b.map((right) => left.flatMap((x) => right.map((y) => x * y))));

/**
 * F(4, 3) by points that lose least to rounding: its error in float32 is a fifth of that by 0, 1, -1, 2 and -2.
 */
export const fourOfThree: Transforms = toomCook([0, Math.SQRT2, -Math.SQRT2, Math.SQRT1_2, -Math.SQRT1_2], 3);
