/** One-dimensional convolution over an image's pixels and spectral normalisation, in float64. */
import { isSameShape, shapeText } from "../shape.ts";
import { demand, demandBias, imageShape, type ReferenceTensor, tensor, zeros } from "./tensor.ts";

interface Kernel {
  readonly o: number;
  readonly i: number;
  readonly k: number;
}

const sequenceShape = (operation: string, { shape }: ReferenceTensor): Kernel => {
  demand(
    shape.length === 3,
    operation,
    () => `weight ${shapeText(shape)}`,
    () => "weight [out, in, k]",
  );
  const [o, i, k] = shape as readonly [number, number, number];
  return { o, i, k };
};

/** As `Neural.sequenceConvolution`. */
export const sequenceConvolution = (
  image: ReferenceTensor,
  weight: ReferenceTensor,
  bias: ReferenceTensor | null,
): ReferenceTensor => {
  const { n, h, w, c } = imageShape("sequenceConvolution", image);
  const { o, i, k } = sequenceShape("sequenceConvolution", weight);
  const length = h * w;
  demand(
    i === c && k % 2 === 1 && k <= length,
    "sequenceConvolution",
    () => `image ${shapeText(image.shape)} and weight ${shapeText(weight.shape)}`,
    () => `weight [o, ${c}, k] with k odd and at most ${length}`,
  );
  demandBias("sequenceConvolution", bias, o);
  const result = zeros([n, h, w, o]);
  const half = (k - 1) / 2;
  for (let sample = 0; sample < n; sample++)
    for (let at = 0; at < length; at++)
      for (let out = 0; out < o; out++) {
        let sum = bias === null ? 0 : (bias.data[out] as number);
        for (let tap = 0; tap < k; tap++) {
          const from = (sample * length + ((at + tap - half + length) % length)) * c;
          for (let channel = 0; channel < c; channel++)
            sum +=
              (image.data[from + channel] as number) * (weight.data[(out * c + channel) * k + tap] as number);
        }
        result.data[(sample * length + at) * o + out] = sum;
      }
  return result;
};

const EPSILON = 1e-12;

const normalised = (vector: Float64Array): ReferenceTensor => {
  const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return tensor(
    [vector.length],
    vector.map((x) => x / Math.max(norm, EPSILON)),
  );
};

const demandVector = (operation: string, name: string, vector: ReferenceTensor, length: number): void =>
  demand(
    isSameShape(vector.shape, [length]),
    operation,
    () => `${name} ${shapeText(vector.shape)}`,
    () => `${name} [${length}]`,
  );

/** W v, where W is the weight as a matrix [o, i k]. */
const timesRight = (operation: string, weight: ReferenceTensor, v: ReferenceTensor): Float64Array => {
  const { o, i, k } = sequenceShape(operation, weight);
  demandVector(operation, "v", v, i * k);
  return Float64Array.from({ length: o }, (_, row) =>
    v.data.reduce((sum, x, column) => sum + x * (weight.data[row * i * k + column] as number), 0),
  );
};

/** As `Neural.leftSingular`. */
export const leftSingular = (weight: ReferenceTensor, v: ReferenceTensor): ReferenceTensor =>
  normalised(timesRight("leftSingular", weight, v));

/** As `Neural.rightSingular`. */
export const rightSingular = (weight: ReferenceTensor, u: ReferenceTensor): ReferenceTensor => {
  const { o, i, k } = sequenceShape("rightSingular", weight);
  demandVector("rightSingular", "u", u, o);
  return normalised(
    Float64Array.from({ length: i * k }, (_, column) =>
      u.data.reduce((sum, x, row) => sum + x * (weight.data[row * i * k + column] as number), 0),
    ),
  );
};

/** As `Neural.spectralNormalize`. */
export const spectralNormalize = (
  weight: ReferenceTensor,
  u: ReferenceTensor,
  v: ReferenceTensor,
): ReferenceTensor => {
  const product = timesRight("spectralNormalize", weight, v);
  demandVector("spectralNormalize", "u", u, product.length);
  const sigma = product.reduce((sum, x, row) => sum + x * (u.data[row] as number), 0);
  return tensor(
    weight.shape,
    weight.data.map((x) => x / sigma),
  );
};
