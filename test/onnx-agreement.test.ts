/**
 * Every network of the project on ONNX Runtime, compared with TensorFlow.js and with the float64 reference, at small
 * sizes, with no weight zero. (The tests `paper-*` compare all runtimes with the authors' results.)
 */
import {
  type Algebra,
  anyRuntime,
  type Engine,
  elements,
  type NdArray,
  normal,
  type Runtime,
  type TensorKind,
  type Tensors,
} from "@tadsr/core";
import { given, type Term, termAlgebra } from "@tadsr/engine-onnx";
import { findModel, loadModel } from "@tadsr/files";
import {
  COLOURS,
  conditionChannels,
  conditionOf,
  discriminator,
  efficientNetFeatures,
  efficientNetParameters,
  NOISY_INPUT,
  type ParameterSpec,
  randomWeight,
  residualUNet,
  type StackConfig,
  type SwinUNetConfig,
  stack,
  swinUNet,
  uploadWeights,
  type VqAutoencoderConfig,
  vqAutoencoder,
} from "@tadsr/model";
import { onnxRuntime, reference, wasm } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, describe, expect, it } from "vitest";
import { relativeError } from "./recorded.ts";
import { smallUNet } from "./small-unet.ts";

/** A network with its weights and inputs. Its results are images, matrices or vectors. */
interface Computation {
  readonly title: string;
  readonly parameters: readonly ParameterSpec[];
  readonly weights: Readonly<Record<string, NdArray>>;
  readonly inputs: Readonly<Record<string, NdArray>>;
  readonly run: <T>(algebra: Algebra<T>, weights: Tensors<T>, inputs: Tensors<T>) => readonly T[];
}

const images = (shape: readonly number[], stream: number): NdArray => ({
  shape,
  data: Float32Array.from(normal({ seed: 11, stream }, 0, elements(shape))),
});

const drawn = (parameters: readonly ParameterSpec[]): Readonly<Record<string, NdArray>> =>
  Object.fromEntries(parameters.map((spec, place) => [spec.name, randomWeight(spec, { seed: 3, place })]));

const tensor = <T>(tensors: Tensors<T>, name: string): T => {
  const found = tensors[name];
  if (found === undefined) throw new Error(`${name} is missing`);
  return found;
};

type Network = ReturnType<typeof swinUNet>;

/** A prediction and the encoder's feature maps, for a batch with a time for each sample. */
const predicting = (
  title: string,
  network: Network,
  weights: Computation["weights"],
  input: readonly number[],
  condition: readonly number[],
): Computation => {
  const [batch = 1] = input;
  return {
    title,
    parameters: network.parameters,
    weights,
    inputs: {
      input: images(input, 1),
      condition: images(condition, 2),
      time: network.timeFeatures(
        Array.from({ length: batch }, (_, i) => 3 - i),
        batch,
      ),
    },
    run: (algebra, tensors, fed) => {
      const inputs = {
        input: tensor(fed, "input"),
        condition: tensor(fed, "condition"),
        time: tensor(fed, "time"),
      };
      return [network.run(algebra)(tensors, inputs), ...network.encoder.run(algebra)(tensors, inputs)];
    },
  };
};

const shipped = async (name: string): Promise<Computation> => {
  const folder = await findModel(name)();
  if (E.isLeft(folder)) throw new Error(folder.left.message);
  const model = await loadModel(folder.right)();
  if (E.isLeft(model)) throw new Error(model.left.message);
  const { network, weights } = model.right;
  const size = [2, 8, 12];
  return predicting(
    `${name} with its weights`,
    network,
    weights,
    [...size, network.latentChannels],
    [...size, conditionChannels(network)],
  );
};

const small = residualUNet({
  kind: "residual-unet",
  latentChannels: 48,
  channels: [64, 96, 128],
  blocks: [2, 2, 2],
  timeFeatures: 64,
  timeChannels: 128,
});

const stackConfig = {
  kind: "stack",
  latentChannels: 48,
  channels: 48,
  blocks: 3,
  timeFeatures: 64,
  timeChannels: 64,
} as const;

/** Random weights, except those whose names begin with one of these. */
const drawnWithout = (parameters: readonly ParameterSpec[], silent: string): Computation["weights"] =>
  Object.fromEntries(
    Object.entries(drawn(parameters)).map(([name, { shape, data }]) => [
      name,
      { shape, data: name.startsWith(silent) ? new Float32Array(data.length) : data },
    ]),
  );

const stacked = (
  title: string,
  [batch, height, width]: readonly [number, number, number],
  change: Partial<StackConfig> = {},
  silent = "no parameter",
): Computation => {
  const network = stack({ ...stackConfig, ...change });
  const size = [batch, height, width];
  return predicting(
    `the stack, ${title}`,
    network,
    drawnWithout(network.parameters, silent),
    [...size, network.latentChannels],
    [...size, conditionChannels(network)],
  );
};

const TIME = "time features";

/** One step at a known time, as a student takes it: its inputs are concatenated, and the shifts are folded. */
const oneStep = (title: string, silent: string): Computation => {
  const network = stack({ ...stackConfig, channels: 64 });
  const { latentChannels } = network;
  const shape = [1, 9, 14];
  const time = network.timeFeatures(3, 1);
  return {
    title: `the stack in one step, ${title}`,
    // A known time is a constant, as weights are.
    parameters: [...network.parameters, { name: TIME, kind: "matrix", shape: time.shape, initial: "fan-in" }],
    weights: { ...drawnWithout(network.parameters, silent), [TIME]: time },
    inputs: {
      z_T: images([...shape, latentChannels], 1),
      z_y: images([...shape, latentChannels], 2),
      picture: images([...shape, COLOURS], 3),
    },
    run: (algebra, weights, fed) => {
      const [z_T, z_y] = [tensor(fed, "z_T"), tensor(fed, "z_y")];
      const condition = conditionOf(algebra, network, z_y, () => tensor(fed, "picture"));
      return [network.run(algebra)(weights, { input: z_T, condition, time: tensor(weights, TIME) })];
    },
  };
};

const swin = (
  title: string,
  change: Partial<SwinUNetConfig>,
  [batch, height, width]: readonly [number, number, number] = [1, 8, 8],
): Computation => {
  const config = { ...smallUNet, ...change };
  const network = swinUNet(config);
  const times = (config.condition?.size ?? config.imageSize) / config.imageSize;
  const channels = config.condition?.channels ?? config.latentChannels;
  return predicting(
    `the UNet with Swin layers, ${title}`,
    network,
    drawn(network.parameters),
    [batch, height, width, config.latentChannels],
    [batch, height * times, width * times, channels],
  );
};

const separate: Partial<SwinUNetConfig> = { swin: { ...smallUNet.swin, edges: "separate" } };

const vq: VqAutoencoderConfig = {
  kind: "vq-autoencoder",
  inputChannels: 3,
  outputChannels: 3,
  channels: 32,
  multipliers: [1, 2],
  blocks: [1, 1],
  attentionLevels: [],
  innerChannels: 3,
  latentChannels: 3,
  codebookSize: 64,
};

const coding = (
  title: string,
  config: VqAutoencoderConfig,
  pictures = images([1, 12, 16, 3], 1),
): Computation => {
  const autoencoder = vqAutoencoder(config);
  const { parameters, quantiser, latentChannels } = autoencoder;
  return {
    title: `the VQ autoencoder, ${title}`,
    parameters,
    weights: drawn(parameters),
    inputs: { picture: pictures, z: images([pictures.shape[0] ?? 1, 6, 8, latentChannels], 2) },
    run: (algebra, weights, fed) => {
      const z = tensor(fed, "z");
      return [
        autoencoder.encoder.run(algebra, weights, tensor(fed, "picture")),
        quantiser.indices(algebra, weights, z),
        autoencoder.decode(algebra, weights, z),
        autoencoder.decoder.run(algebra, weights, z),
      ];
    },
  };
};

const judging = (timeAware: boolean): Computation => {
  const network = discriminator({
    kind: "discriminator",
    channels: [32, 64],
    strides: [1, 2],
    timeFeatures: 6,
    outputs: 3,
    timeAware,
  });
  const parameters = [...network.parameters, ...network.state];
  // The vectors u and v are of length 1, as training makes them.
  const weights = Object.fromEntries(
    Object.entries(drawn(parameters)).map(([name, { shape, data }]) => {
      if (!network.state.some((spec) => spec.name === name)) return [name, { shape, data }];
      const length = Math.hypot(...data);
      return [name, { shape, data: Float32Array.from(data, (x) => x / length) }];
    }),
  );
  return {
    title: `the discriminator, ${timeAware ? "with" : "without"} the time`,
    parameters,
    weights,
    inputs: {
      first: images([2, 4, 5, 32], 1),
      second: images([2, 3, 3, 64], 2),
      time: network.timeFeatures([0, 3], 2),
    },
    run: (algebra, tensors, fed) => {
      const state = network.powerIteration(algebra)(tensors, tensors);
      const heads = network.run(algebra)(tensors, state, {
        features: [tensor(fed, "first"), tensor(fed, "second")],
        time: tensor(fed, "time"),
      });
      return [...heads.map(({ logits }) => logits), ...Object.values(state)];
    },
  };
};

const perceiving: Computation = {
  title: "the perceptual features",
  parameters: efficientNetParameters,
  weights: drawn(efficientNetParameters),
  inputs: { picture: images([1, 32, 32, 3], 1) },
  run: (algebra, weights, fed) => efficientNetFeatures(algebra, weights)(tensor(fed, "picture")),
};

const computations: readonly Computation[] = [
  await shipped("small-x4"),
  await shipped("small-x4-teacher"),
  await shipped("tiny-x4"),
  predicting("the small network", small, drawn(small.parameters), [1, 8, 8, 48], [1, 8, 8, 48]),
  stacked("a batch with times of its own", [2, 8, 12]),
  stacked("64 channels, sides of no round number", [1, 7, 9], { channels: 64 }),
  stacked("without noise", [1, 7, 9], {}, NOISY_INPUT),
  oneStep("with noise", "no parameter"),
  oneStep("without noise", NOISY_INPUT),
  oneStep("whose weights of z_t are zero, and the bias is not", `${NOISY_INPUT}.weight`),
  swin("scale and shift, edges wrapped", {}),
  swin("a batch of two", {}, [2, 8, 8]),
  swin("no scale and shift", { scaleShift: false }),
  swin("edges separate", separate),
  swin("a pyramid", { condition: { channels: 3, size: 32 } }),
  swin("a pyramid, no scale and shift, edges separate", {
    ...separate,
    scaleShift: false,
    condition: { channels: 3, size: 16 },
  }),
  swin("no condition", { condition: null }),
  swin("sides that windows do not cut evenly", {}, [1, 12, 10]),
  swin("the same with edges separate", separate, [1, 12, 10]),
  coding("attention in the middle", vq),
  coding("two pictures", vq, images([2, 12, 16, 3], 1)),
  coding("attention on each level", { ...vq, attentionLevels: [0, 1], blocks: [2, 1] }),
  judging(true),
  judging(false),
  perceiving,
];

const KINDS = ["scalar", "vector", "matrix", "sequence", "image"] as const;

const kindOf = (shape: readonly number[]): TensorKind => KINDS[shape.length] ?? "image";

/** The kinds of its results, from the recorded computation's shapes. */
const kindsOf = ({ parameters, weights, inputs, run }: Computation): readonly TensorKind[] => {
  const asGiven = (kind: TensorKind, array: NdArray): Term => given(kind, array, "data");
  const recorded = run(
    termAlgebra,
    Object.fromEntries(parameters.map(({ name, kind }) => [name, asGiven(kind, weights[name] as NdArray)])),
    Object.fromEntries(Object.entries(inputs).map(([name, a]) => [name, asGiven(kindOf(a.shape), a)])),
  );
  return recorded.map(({ shape }) => kindOf(shape));
};

const onEngine = async <T>(engine: Engine<T>, computation: Computation): Promise<readonly NdArray[]> => {
  const { parameters, inputs, run } = computation;
  const before = engine.liveTensors();
  const weights = uploadWeights(engine, parameters, computation.weights);
  const uploaded = Object.fromEntries(
    Object.entries(inputs).map(([name, a]) => [name, engine.upload(kindOf(a.shape), a)]),
  );
  const results = engine.scope(() => run(engine.algebra, weights, uploaded));
  await engine.settle?.(results);
  const kinds = kindsOf(computation);
  const arrays: NdArray[] = [];
  for (const [i, tensor] of results.entries())
    arrays.push(await engine.download(kinds[i] as TensorKind, tensor));
  engine.release(new Set([...Object.values(weights), ...Object.values(uploaded), ...results]));
  expect(engine.liveTensors()).toBe(before);
  return arrays;
};

const openedBy = async <T>(runtime: Runtime<T>): Promise<Engine<T>> => {
  const engine = await runtime.open();
  if (E.isLeft(engine)) throw new Error(engine.left.missing);
  afterAll(() => engine.right.close());
  return engine.right;
};

/** Tolerance for float32 through a whole network; most errors are near a tenth of it. */
const TOLERANCE = 1e-4;

const onnx = await openedBy(onnxRuntime({ cache: null }));
const others = [anyRuntime(wasm), anyRuntime(reference)];

describe.each(others)("onnx agrees with $name", async (runtime) => {
  const other = await openedBy(runtime);

  it.each(computations.map((computation) => [computation.title, computation] as const))(
    "on %s",
    async (_, computation) => {
      const [found, expected] = [await onEngine(onnx, computation), await onEngine(other, computation)];
      expect(found).toHaveLength(expected.length);
      for (const [i, array] of expected.entries())
        expect(relativeError(found[i] as NdArray, array), `result ${i}`).toBeLessThan(TOLERANCE);
    },
  );
});
