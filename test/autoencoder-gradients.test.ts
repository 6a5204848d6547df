/** Gradients of the VQ autoencoder's parts on every runtime that has them, against central differences. */
import {
  type Algebra,
  type Engine,
  elements,
  type NdArray,
  normal,
  type Runtime,
  referenceEngine,
  type Tensors,
  uniform,
} from "@tadsr/core";
import { type ParameterSpec, straightThrough, type VqAutoencoderConfig, vqAutoencoder } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, describe, expect, it } from "vitest";
import { runtimes } from "./runtimes.ts";

const config: VqAutoencoderConfig = {
  kind: "vq-autoencoder",
  inputChannels: 3,
  outputChannels: 3,
  channels: 32,
  multipliers: [1, 2],
  blocks: [1, 1],
  attentionLevels: [0],
  innerChannels: 4,
  latentChannels: 4,
  codebookSize: 8,
};
const { encoder, quantiser, decoder } = vqAutoencoder(config);

/** Everything that a loss depends on, including the input. */
type Point = Readonly<Record<string, NdArray>>;

const INPUT = "the input";
const WEIGHT = "the weight of each output";

interface Part {
  readonly parameters: readonly ParameterSpec[];
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly run: <T>(algebra: Algebra<T>, weights: Tensors<T>, input: T) => T;
}

const picture = [1, 4, 6, 3];
const latent = [1, 2, 3, 4];

const parts: Readonly<Record<string, Part>> = {
  encoder: { parameters: encoder.parameters, input: picture, output: latent, run: encoder.run },
  decoder: { parameters: decoder.parameters, input: latent, output: picture, run: decoder.run },
  codebook: { parameters: quantiser.parameters, input: latent, output: latent, run: quantiser.run },
};

const drawn = (shape: readonly number[], stream: number, deviation = 1, mean = 0): NdArray => ({
  shape,
  data: normal({ seed: 5, stream }, 0, elements(shape)).map((value) => mean + deviation * value),
});

/** Random weights, including those of norms and biases, and a random input. */
const pointOf = ({ parameters, input, output }: Part): Point => {
  const weights = parameters.map(({ name, shape, initial }, i): [string, NdArray] => {
    const inputs = elements(shape) / (shape[0] ?? 1);
    return [
      name,
      drawn(shape, i, shape.length > 1 ? 1 / Math.sqrt(inputs) : 0.3, initial === "ones" ? 1 : 0),
    ];
  });
  return { ...Object.fromEntries(weights), [INPUT]: drawn(input, 1000), [WEIGHT]: drawn(output, 1001) };
};

const kindOf = ({ parameters }: Part, name: string): ParameterSpec["kind"] =>
  parameters.find((spec) => spec.name === name)?.kind ?? "image";

const lossOf = <T>(algebra: Algebra<T>, part: Part, tensors: Tensors<T>): T => {
  const result = part.run(algebra, tensors, tensors[INPUT] as T);
  return algebra.mean(algebra.multiply(result, tensors[WEIGHT] as T));
};

const uploaded = <T>(engine: Engine<T>, part: Part, point: Point): Tensors<T> =>
  Object.fromEntries(
    Object.entries(point).map(([name, array]) => [name, engine.upload(kindOf(part, name), array)]),
  );

const gradientsOf = async <T>(engine: Engine<T>, part: Part, point: Point): Promise<Point> => {
  const { differentiate } = engine;
  if (differentiate === null) throw new Error(`${engine.name} has no gradients`);
  const tensors = uploaded(engine, part, point);
  const { gradients, loss } = engine.scope(() =>
    differentiate(tensors, (given) => ({ loss: lossOf(engine.algebra, part, given), parts: {} })),
  );
  const brought: [string, NdArray][] = [];
  for (const [name, gradient] of Object.entries(gradients))
    brought.push([name, await engine.download(kindOf(part, name), gradient)]);
  engine.release(new Set([loss, ...Object.values(gradients), ...Object.values(tensors)]));
  return Object.fromEntries(brought);
};

const STEP = 1e-3;

/** (8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12 h, in float64. */
const centralDifference = (part: Part, point: Point, name: string, element: number): number => {
  const moved = (by: number): number => {
    const { shape, data } = point[name] as NdArray;
    const changed = data.slice();
    changed[element] = (changed[element] as number) + by;
    const tensors = uploaded(referenceEngine, part, { ...point, [name]: { shape, data: changed } });
    return lossOf(referenceEngine.algebra, part, tensors).data[0] as number;
  };
  const difference = (by: number): number => moved(by) - moved(-by);
  return (8 * difference(STEP) - difference(2 * STEP)) / (12 * STEP);
};

interface Sample {
  readonly name: string;
  readonly element: number;
  readonly expected: number;
}

const PARAMETERS = 10;
const INPUTS = 3;

/** Elements of the input and of random parameters, and the loss's slope along each. */
const samplesOf = (part: Part, point: Point): readonly Sample[] => {
  const names = part.parameters.map(({ name }) => name);
  const random = uniform({ seed: 6, stream: 0 }, 0, 2 * (PARAMETERS + INPUTS));
  return Array.from({ length: PARAMETERS + INPUTS }, (_, i) => {
    const chosen = names[Math.floor((random[2 * i] as number) * names.length)] as string;
    const name = i < PARAMETERS ? chosen : INPUT;
    const { length } = (point[name] as NdArray).data;
    const element = Math.floor((random[2 * i + 1] as number) * length);
    return { name, element, expected: centralDifference(part, point, name, element) };
  });
};

const points = Object.entries(parts).map(([title, part]) => {
  const point = pointOf(part);
  return [title, { part, point, samples: samplesOf(part, point) }] as const;
});

const largest = ({ data }: NdArray): number =>
  Array.from(data).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * Tolerances in float32: relative to a tensor's largest slope; and to all tensors' (a bias before a norm has slope 0).
 */
const [OF_TENSOR, OF_ALL] = [1e-4, 1e-5];

const describeGradients = async <T>({ name, open }: Runtime<T>): Promise<void> => {
  const opened = await open();
  if (E.isLeft(opened)) {
    const { missing, remedy } = opened.left;
    if (process.env.TADSR_NO_SKIPS === "1")
      it(`gradients on ${name}`, () => expect.fail(`${missing}; ${remedy}`));
    else it.skip(`gradients on ${name}: skipped: ${missing}; ${remedy}`, () => undefined);
    return;
  }
  const engine = opened.right;
  afterAll(() => engine.close());
  if (engine.differentiate === null) return;

  describe(`gradients of the VQ autoencoder on ${name}`, () => {
    it.each(points)("of the %s are the slopes of its loss", async (_, { part, point, samples }) => {
      const gradients = await gradientsOf(engine, part, point);
      const all = Math.max(...Object.values(gradients).map(largest));
      for (const { name, element, expected } of samples) {
        const gradient = gradients[name] as NdArray;
        const tolerance = OF_TENSOR * largest(gradient) + OF_ALL * all;
        expect(Math.abs((gradient.data[element] as number) - expected), `${name}[${element}]`).toBeLessThan(
          tolerance,
        );
      }
    });

    it("reach z straight through the quantiser, which gives it none itself", async () => {
      const part = parts.codebook as Part;
      const point = pointOf(part);
      const quantised = await gradientsOf(engine, part, point);
      expect(largest(quantised[INPUT] as NdArray)).toBe(0);
      expect(largest(quantised["quantize.embedding.weight"] as NdArray)).toBeGreaterThan(0);
      const through = await gradientsOf(
        engine,
        { ...part, run: (A, weights, z) => straightThrough(A)(z, quantiser.run(A, weights, z)) },
        point,
      );
      const weight = point[WEIGHT] as NdArray;
      (through[INPUT] as NdArray).data.forEach((slope, i) => {
        expect(slope).toBeCloseTo((weight.data[i] as number) / weight.data.length, 6);
      });
      expect(largest(through["quantize.embedding.weight"] as NdArray)).toBe(0);
    });
  });
};

for (const runtime of Object.values(runtimes)) await describeGradients(runtime);
