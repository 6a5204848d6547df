/** A network's parameters as data: names are PyTorch's, shapes are logical. */
import { elements, type NdArray, type NoiseSource, normal, type TensorKind, type Tensors } from "@tadsr/core";

export interface ParameterSpec {
  readonly name: string;
  readonly kind: TensorKind;
  readonly shape: readonly number[];
  readonly initial: Initial;
}

/**
 * How fresh weights are drawn. `fan-in`: normal with variance 1 / (inputs of one output). `small`: normal with standard
 * deviation 0.02, for tables that are added to something. `ones`: a scale that changes nothing at first. `zeros`: a
 * bias, or a branch that adds nothing at first.
 */
export type Initial = "zeros" | "ones" | "small" | "fan-in";

const SMALL = 0.02;

export const parameterCount = (specs: readonly ParameterSpec[]): number =>
  specs.reduce((sum, { shape }) => sum + elements(shape), 0);

/** The parameter of that name. Its absence is a programming error, because names are checked on loading. */
export const parameter = <T>(weights: Tensors<T>, name: string): T => {
  const tensor = weights[name];
  if (tensor === undefined) throw new Error(`parameter ${name} is missing from the weights`);
  return tensor;
};

/** Fresh weights. They depend only on the seed and each parameter's place in the list. */
export const initialWeights = (
  specs: readonly ParameterSpec[],
  { seed }: Pick<NoiseSource, "seed">,
): Readonly<Record<string, NdArray>> =>
  Object.fromEntries(
    specs.map(({ name, shape, initial }, stream) => {
      const count = elements(shape);
      const data = new Float32Array(count);
      if (initial === "ones") data.fill(1);
      if (initial === "fan-in" || initial === "small") {
        const deviation = initial === "small" ? SMALL : 1 / Math.sqrt(Math.max(1, count / (shape[0] ?? 1)));
        normal({ seed, stream }, 0, count).forEach((value, i) => {
          data[i] = deviation * value;
        });
      }
      return [name, { shape, data }];
    }),
  );
