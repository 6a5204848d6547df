/** The discriminator's gradients against central differences on the float64 reference. */
import {
  anyRuntime,
  type Engine,
  elements,
  type NdArray,
  normal,
  type Objective,
  referenceEngine,
  type TensorKind,
  type Tensors,
  uniform,
} from "@tadsr/core";
import { discriminator, type ParameterSpec } from "@tadsr/model";
import { cpu, wasm } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";

const INDEX = [0, 3];
const BATCH = INDEX.length;

/** In float32 by TensorFlow.js: the error of gradients, relative to the largest of their tensor. */
const TOLERANCE = 2e-4;
const STEP = 1e-6;

interface Named {
  readonly kind: TensorKind;
  readonly array: NdArray;
}

const randomArray = (stream: number, shape: readonly number[], deviation: number): NdArray => ({
  shape,
  // Rounded to float32, so that both sides differentiate at the same point.
  data: Float64Array.from(normal({ seed: 17, stream }, 0, elements(shape)), (x) =>
    Math.fround(deviation * x),
  ),
});

describe.each([true, false])("the discriminator's gradients, with time: %s", (timeAware) => {
  const network = discriminator({
    kind: "discriminator",
    channels: [8, 12],
    strides: [1, 2],
    timeFeatures: 6,
    outputs: 3,
    timeAware,
  });

  const fanIn = ({ shape }: ParameterSpec): number =>
    shape.length === 1 ? 0.5 : 1 / Math.sqrt(elements(shape) / (shape[0] ?? 1));
  const named = (specs: readonly ParameterSpec[], stream: number): Readonly<Record<string, Named>> =>
    Object.fromEntries(
      specs.map((spec, i) => [
        spec.name,
        { kind: spec.kind, array: randomArray(stream + i, spec.shape, fanIn(spec)) },
      ]),
    );
  const state = named(network.state, 500);
  const parameters: Readonly<Record<string, Named>> = {
    ...named(network.parameters, 100),
    "feature 0": { kind: "image", array: randomArray(1, [BATCH, 4, 5, 8], 1) },
    "feature 1": { kind: "image", array: randomArray(2, [BATCH, 3, 3, 12], 1) },
  };

  const upload = <T>(engine: Engine<T>, arrays: Readonly<Record<string, Named>>): Tensors<T> =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, { kind, array }]) => [name, engine.upload(kind, array)]),
    );

  /** The mean of (logit + 0.3)^2 of each head, added up, after one power iteration. */
  const objective =
    <T>(engine: Engine<T>) =>
    (tensors: Tensors<T>): Objective<T> => {
      const { add, mean, offset, square } = engine.algebra;
      const buffers = network.powerIteration(engine.algebra)(fixedPoint(engine), upload(engine, state));
      const heads = network.run(engine.algebra)(tensors, buffers, {
        features: [0, 1].map((k) => tensors[`feature ${k}`] as T),
        time: engine.upload("matrix", network.timeFeatures(INDEX, BATCH)),
      });
      const [first, second] = heads.map(({ logits }) => mean(square(offset(logits, 0.3))));
      return { loss: add(first as T, second as T), parts: {} };
    };
  // u and v follow the weights without a gradient, so central differences must not change them either.
  const fixedPoint = <T>(engine: Engine<T>): Tensors<T> => upload(engine, parameters);

  const valueAt = (name: string, place: number, change: number): number => {
    const { kind, array } = parameters[name] as Named;
    const data = Float64Array.from(array.data);
    data[place] = (data[place] ?? 0) + change;
    const moved = { ...upload(referenceEngine, parameters) };
    moved[name] = referenceEngine.upload(kind, { shape: array.shape, data });
    return objective(referenceEngine)(moved).loss.data[0] ?? Number.NaN;
  };
  const difference = (name: string, place: number): number =>
    (valueAt(name, place, STEP) - valueAt(name, place, -STEP)) / (2 * STEP);

  /** Both feature maps and ten parameters, at random places of them. */
  const draws = uniform({ seed: 23, stream: timeAware ? 1 : 0 }, 0, 40);
  const drawn = Array.from({ length: 10 }, (_, i) => {
    const { name } = network.parameters[
      Math.floor((draws[i] ?? 0) * network.parameters.length)
    ] as ParameterSpec;
    return name;
  });
  const names = [...new Set([...drawn, "feature 0", "feature 1", "heads.0.main.1.fn.0.weight_orig"])];

  it.each([cpu, wasm].map(anyRuntime))("$name", async (runtime) => {
    const opened = await runtime.open();
    if (E.isLeft(opened)) throw new Error(opened.left.missing);
    const engine = opened.right;
    const { differentiate } = engine;
    if (differentiate === null) throw new Error("no gradients");
    const gradients = engine.scope(
      () => differentiate(upload(engine, parameters), objective(engine)).gradients,
    );
    for (const name of names) {
      const { kind } = parameters[name] as Named;
      const { data } = await engine.download(kind, gradients[name]);
      const largest = Math.max(...Array.from(data, Math.abs));
      expect(largest, name).toBeGreaterThan(0);
      for (let i = 0; i < 4; i++) {
        const place = Math.floor((draws[10 + i] ?? 0) * data.length);
        const error = Math.abs((data[place] ?? Number.NaN) - difference(name, place)) / largest;
        expect(error, `${name} at ${place}`).toBeLessThan(TOLERANCE);
      }
    }
    engine.release(Object.values(gradients));
    await engine.close();
  });
});
