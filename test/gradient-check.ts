/**
 * An engine's gradients of a whole network, compared with central differences on the float64 reference: of a scalar
 * of the output, with respect to every input and to some of the parameters.
 */
import {
  type Algebra,
  type Engine,
  elements,
  type NdArray,
  normal,
  type Runtime,
  referenceEngine,
  type TensorKind,
  type Tensors,
  uniform,
} from "@tadsr/core";
import type { HostWeights, ParameterSpec } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, expect, it } from "vitest";
import { runtimes } from "./runtimes.ts";

export interface GivenArray extends NdArray {
  readonly kind: TensorKind;
}

export interface GradientCase {
  readonly parameters: readonly ParameterSpec[];
  /** None of them is zero, so that every parameter has a gradient. */
  readonly weights: HostWeights;
  /** Differentiated too. Constants are made inside `run`. */
  readonly inputs: Readonly<Record<string, GivenArray>>;
  run<T>(algebra: Algebra<T>): (weights: Tensors<T>, inputs: Tensors<T>) => T | readonly T[];
}

/** Random numbers of that shape, which depend only on the stream. */
export const noiseArray = (kind: TensorKind, shape: readonly number[], stream: number): GivenArray => ({
  kind,
  shape,
  data: Float32Array.from(normal({ seed: 20, stream }, 0, elements(shape))),
});

const asList = <T>(result: T | readonly T[]): readonly T[] =>
  Array.isArray(result) ? result : [result as T];

const TESTED_PARAMETERS = 10;
const INPUT = "input ";

/** Everything by name, and what is differentiated: every input, and ten parameters drawn without repetition. */
const tensorsOf = ({ parameters, weights, inputs }: GradientCase) => {
  const all = new Map<string, GivenArray>();
  for (const [name, array] of Object.entries(inputs)) all.set(INPUT + name, array);
  for (const { name, kind } of parameters) all.set(name, { ...(weights[name] as NdArray), kind });
  const draws = uniform({ seed: 21, stream: 0 }, 0, parameters.length);
  const drawn = parameters
    .map(({ name }, i) => ({ name, draw: draws[i] ?? 0 }))
    .sort((a, b) => a.draw - b.draw)
    .slice(0, TESTED_PARAMETERS)
    .map(({ name }) => name);
  return { all, tested: [...Object.keys(inputs).map((name) => INPUT + name), ...drawn] };
};

/** The sum over outputs of their numbers, each weighted differently. */
const scalarOf = <T>(
  algebra: Algebra<T>,
  { run, inputs }: GradientCase,
  tensors: Tensors<T>,
  weightOf: (output: number, tensor: T) => readonly [T, number],
): T => {
  const given = Object.fromEntries(Object.keys(inputs).map((name) => [name, tensors[INPUT + name] as T]));
  return asList(run(algebra)(tensors, given))
    .map((output, i) => {
      const [weight, count] = weightOf(i, output);
      return algebra.scale(algebra.mean(algebra.multiply(output, weight)), count);
    })
    .reduce((sum, term) => algebra.add(sum, term));
};

/** The outputs' weights in the scalar. Their shapes come from a run on the reference. */
const outputWeights = (gradientCase: GradientCase): readonly GivenArray[] => {
  const weights: GivenArray[] = [];
  scalarOf(referenceEngine.algebra, gradientCase, uploadedOn(gradientCase, new Map()), (i, { shape }) => {
    const weight = noiseArray("image", shape, 100 + i);
    weights.push(weight);
    return [referenceEngine.upload(weight.kind, weight), 1];
  });
  return weights;
};

const uploadedOn = (gradientCase: GradientCase, changed: ReadonlyMap<string, NdArray>) =>
  Object.fromEntries(
    [...tensorsOf(gradientCase).all].map(([name, array]) => [
      name,
      referenceEngine.upload(array.kind, changed.get(name) ?? array),
    ]),
  );

/** A direction in one tensor's space, and the scalar's slope along it. */
interface Slope {
  readonly name: string;
  readonly direction: Float64Array;
  readonly slope: number;
}

const STEP = 1e-3;

/** Central differences of fourth order, along a random direction of all elements and along one element. */
const slopesOf = (gradientCase: GradientCase): readonly Slope[] => {
  const { all, tested } = tensorsOf(gradientCase);
  const weights = outputWeights(gradientCase);
  const base = uploadedOn(gradientCase, new Map());
  const at = (name: string, array: NdArray): number => {
    const tensors = { ...base, [name]: referenceEngine.upload(all.get(name)?.kind ?? "scalar", array) };
    const scalar = scalarOf(referenceEngine.algebra, gradientCase, tensors, (i) => {
      const weight = weights[i] as GivenArray;
      return [referenceEngine.upload(weight.kind, weight), elements(weight.shape)];
    });
    return scalar.data[0] as number;
  };
  return tested.flatMap((name, place) => {
    const { shape, data } = all.get(name) as GivenArray;
    const one = Math.floor((uniform({ seed: 22, stream: place }, 0, 1)[0] ?? 0) * data.length);
    const directions = [
      Float64Array.from(normal({ seed: 23, stream: place }, 0, data.length)),
      new Float64Array(data.length).fill(1, one, one + 1),
    ];
    return directions.map((direction) => {
      const length = Math.sqrt(direction.reduce((sum, part) => sum + part * part, 0));
      const step = STEP / length;
      const moved = (by: number): number =>
        at(name, { shape, data: Float64Array.from(data, (value, i) => value + by * (direction[i] ?? 0)) });
      const difference = (by: number): number => moved(by) - moved(-by);
      return { name, direction, slope: (8 * difference(step) - difference(2 * step)) / (12 * step) };
    });
  });
};

/** The gradients of the tested tensors; leaves nothing alive. */
const gradientsOn = async <T>(
  engine: Engine<T>,
  gradientCase: GradientCase,
): Promise<ReadonlyMap<string, NdArray>> => {
  const { differentiate } = engine;
  if (differentiate === null) throw new Error(`${engine.name} has no gradients`);
  const { all, tested } = tensorsOf(gradientCase);
  const uploaded: [string, T][] = [...all].map(([name, array]) => [name, engine.upload(array.kind, array)]);
  const weights = outputWeights(gradientCase).map((array) => ({
    tensor: engine.upload(array.kind, array),
    count: elements(array.shape),
  }));
  const varied = Object.fromEntries(uploaded.filter(([name]) => tested.includes(name)));
  const fixed = Object.fromEntries(uploaded.filter(([name]) => !tested.includes(name)));
  const { loss, gradients } = engine.scope(() =>
    differentiate(varied, (tensors) => ({
      loss: scalarOf(engine.algebra, gradientCase, { ...fixed, ...tensors }, (i) => {
        const { tensor, count } = weights[i] as (typeof weights)[number];
        return [tensor, count];
      }),
      parts: {},
    })),
  );
  const brought = new Map<string, NdArray>();
  for (const [name, gradient] of Object.entries(gradients))
    brought.set(name, await engine.download(all.get(name)?.kind ?? "scalar", gradient));
  engine.release([
    loss,
    ...Object.values(gradients),
    ...uploaded.map(([, tensor]) => tensor),
    ...weights.map(({ tensor }) => tensor),
  ]);
  return brought;
};

const normOf = (data: NdArray["data"]): number =>
  Math.sqrt(Array.from(data).reduce((sum, value) => sum + value * value, 0));

/** A gradient this much smaller than the largest counts as 0: that of a bias before a norm is only rounding. */
const NEGLIGIBLE = 1e-2;

/** The error of gradients against the slopes, relative to the gradient's norm and the direction's. */
const missesOf = (
  gradients: ReadonlyMap<string, NdArray>,
  slopes: readonly Slope[],
): readonly (readonly [string, number])[] => {
  const norms = new Map([...gradients].map(([name, { data }]) => [name, normOf(data)]));
  const least = NEGLIGIBLE * Math.max(...norms.values());
  return slopes.map(({ name, direction, slope }) => {
    const gradient = Float64Array.from(gradients.get(name)?.data ?? [Number.NaN]);
    const along = gradient.reduce((sum, value, i) => sum + value * (direction[i] ?? 0), 0);
    const size = Math.max(norms.get(name) ?? 0, least) * normOf(direction);
    return [name, Math.abs(along - slope) / size];
  });
};

/** Tolerance for float32 through a whole network and back. */
const TOLERANCE = 1e-4;

/** A test on each runtime that has gradients. The network's outputs are images. */
export const describeGradients = async (title: string, gradientCase: GradientCase): Promise<void> => {
  let known: readonly Slope[] | null = null;
  const slopes = (): readonly Slope[] => {
    known ??= slopesOf(gradientCase);
    return known;
  };
  const onRuntime = async <T>({ name, open }: Runtime<T>): Promise<void> => {
    const opened = await open();
    if (E.isLeft(opened)) {
      const { missing, remedy } = opened.left;
      if (process.env.TADSR_NO_SKIPS === "1")
        it(`${title} on ${name}`, () => expect.fail(`${missing}; ${remedy}`));
      else it.skip(`${title} on ${name}: skipped: ${missing}; ${remedy}`, () => undefined);
      return;
    }
    const engine = opened.right;
    afterAll(() => engine.close());
    if (engine.differentiate === null) return;
    it(`${title} on ${name}`, async () => {
      const before = engine.liveTensors();
      const gradients = await gradientsOn(engine, gradientCase);
      const misses = missesOf(gradients, slopes());
      expect(misses.filter(([, miss]) => !(miss < TOLERANCE))).toEqual([]);
      expect(engine.liveTensors()).toBe(before);
    });
  };
  for (const runtime of Object.values(runtimes)) await onRuntime(runtime);
};
