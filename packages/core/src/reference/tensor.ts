/** The reference interpreter's tensor, and the checks that its operations share. */
import { elements, isSameShape, shapeText } from "../shape.ts";
/** A dense row-major array: images [n, h, w, c], weights in their kind's logical layout. */
export interface ReferenceTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Dimensions of an image. */
export interface ImageShape {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
}

export const tensor = (shape: readonly number[], data: Float64Array): ReferenceTensor => ({ shape, data });

/** A tensor of zeros. */
export const zeros = (shape: readonly number[]): ReferenceTensor =>
  tensor(shape, new Float64Array(elements(shape)));

/**
 * Throws one line: the operation, what was found, what was expected. A wrong shape is a defect of the calling program.
 */
export const demand = (
  condition: boolean,
  operation: string,
  found: () => string,
  expected: () => string,
): void => {
  if (!condition) throw new Error(`${operation}: found ${found()}, expected ${expected()}`);
};

/** The dimensions of an image. Throws an error with the operation's name if it is none. */
export const imageShape = (operation: string, { shape }: ReferenceTensor): ImageShape => {
  demand(
    shape.length === 4,
    operation,
    () => shapeText(shape),
    () => "an image [n, h, w, c]",
  );
  const [n, h, w, c] = shape as readonly [number, number, number, number];
  return { n, h, w, c };
};

/** The dimensions of a matrix. Throws an error with the operation's name if it is none. */
export const matrixShape = (operation: string, { shape }: ReferenceTensor): readonly [number, number] => {
  demand(
    shape.length === 2,
    operation,
    () => shapeText(shape),
    () => "a matrix [rows, columns]",
  );
  return shape as readonly [number, number];
};

/** Throws an error with the operation and the argument unless the value is a whole number of at least `least`. */
export const demandInteger = (operation: string, name: string, value: number, least: number): void =>
  demand(
    Number.isInteger(value) && value >= least,
    operation,
    () => `${name} ${value}`,
    () => `a whole number of at least ${least}`,
  );

/** Checks an optional bias of `channels` elements. */
export const demandBias = (operation: string, bias: ReferenceTensor | null, channels: number): void => {
  if (bias === null) return;
  demand(
    isSameShape(bias.shape, [channels]),
    operation,
    () => `bias ${shapeText(bias.shape)}`,
    () => `bias [${channels}]`,
  );
};
